"""Public lists: drafted, published, confirmed, archived, checked by anybody; the gallery."""

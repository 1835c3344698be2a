"""Objections to public lists: lodged, inquired, decided by two, carried out."""

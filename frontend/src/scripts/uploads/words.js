// The sentences of uploads (media/upload_macros.html), and times in them.

let texts = null;

/** The sentence `name` with its {places} filled. They are read once: the page may be exchanged below the uploads. */
export function words(name, values = {}) {
  texts ??= { ...(document.getElementById("upload-texts")?.dataset ?? {}) };
  return (texts[name] ?? "").replace(/\{(\w+)\}/g, (place, key) => values[key] ?? place);
}

/** How long something still takes, in the units that one would say. */
export function timeText(seconds) {
  if (seconds < 60) return words("lessThanAMinute");
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return words("minutes", { minutes });
  return words("hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

// Parts of a page that are brought up to date while previews are being made (media/files.html): what somebody may be
// reading or playing stays as it is as long as nothing better has come; only what stands below it is renewed.

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  const coming = fragment.querySelector?.("[data-look]");
  if (!coming || target.dataset.look !== coming.dataset.look) return;
  const [old, renewed] = [target, coming].map((part) => part.querySelector(":scope > figcaption"));
  if (!old || !renewed) return;
  event.detail.shouldSwap = false;
  if (!old.contains(document.activeElement)) old.replaceWith(renewed);
});

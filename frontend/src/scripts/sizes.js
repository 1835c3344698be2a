// Sizes of files as one says them; core.i18n.size says the same on the server.
export function sizeText(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let amount = bytes;
  while (amount >= 1024 && units.length > 1) {
    amount /= 1024;
    units.shift();
  }
  return `${units[0] === "B" || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[0]}`;
}

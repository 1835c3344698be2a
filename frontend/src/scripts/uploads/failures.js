// What a failed request of an upload means.

const AGAIN = [408, 460];
const ELSEWHERE = ["media.upload_offset", "media.hash_too_late"];

function saidBy(answer) {
  try {
    return JSON.parse(answer.getBody()) ?? {};
  } catch {
    return {};
  }
}

function meaning(status, code, said, name, isBegun) {
  if (["NotReadableError", "NotFoundError"].includes(name)) return "lost";
  if (code === "media.other_file") return "otherFile";
  // The answer to a HEAD has no code: nothing but another sender stands in the way of one.
  if (status === 423 || (status === 409 && isBegun && (!code || ELSEWHERE.includes(code)))) return "elsewhere";
  if (status === 0 || AGAIN.includes(status) || (status >= 500 && status !== 507)) return "again";
  if (status === 401) return "signedOut";
  if ((status === 404 || status === 410) && isBegun) return "gone";
  if (status === 400 && (!said || code === "core.form_token")) return "formToken";
  return status === 507 ? "full" : "refused";
}

/** What the error of a request of an upload means (one word), and the server's words on it, if there are any. `isBegun`: the
 * server knows the upload. */
export function failureOf(error, isBegun) {
  const answer = error.originalResponse;
  const cause = error.causingError ?? error;
  const status = answer?.getStatus() ?? cause.status ?? 0;
  const { code, message: said = "" } = cause.body ?? saidBy(answer);
  return { what: meaning(status, code, said, cause.name, isBegun), said };
}

// Passkeys: a button asks the server what to ask the device, and the device's answer goes with the form.
import { fresh } from "./page.js";

const NAMES = ["challenge", "id"];

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function base64url(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The server's options with their bytes as bytes: at any depth what is called challenge or id, but the site's own id. */
function opened(value, name = "") {
  if (Array.isArray(value)) return value.map((one) => opened(one));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, key === "rp" ? one : opened(one, key)]));
  }
  return typeof value === "string" && NAMES.includes(name) ? bytes(value) : value;
}

/** The device's answer as text, its bytes in base64url. */
function written(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const answer = Object.fromEntries(parts.filter((part) => response[part]).map((part) => [part, base64url(response[part])]));
  if (response.getTransports) answer.transports = response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: base64url(credential.rawId),
    type: credential.type,
    response: answer,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function use(button) {
  const form = button.closest("form");
  const said = form.querySelector("[data-passkey-said]");
  said.hidden = true;
  button.disabled = true;
  try {
    const asked = await fetch(button.dataset.passkeyAsk, {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
    });
    if (!asked.ok) throw new Error(String(asked.status));
    const publicKey = opened(await asked.json());
    const credential = await navigator.credentials[button.dataset.passkey]({ publicKey });
    form.elements.passkey.value = written(credential);
    form.requestSubmit();
  } catch {
    // Cancelled, too late, not made for this device: browsers tell these apart for nobody.
    said.textContent = said.dataset.failed;
    said.hidden = false;
  } finally {
    button.disabled = false;
  }
}

export function start(root) {
  if (!window.PublicKeyCredential) return;
  for (const button of fresh(root, "[data-passkey]", "passkeys")) {
    button.hidden = false;
    const row = button.closest("[data-passkey-row]");
    if (row) row.hidden = false;
    button.addEventListener("click", () => use(button));
  }
}

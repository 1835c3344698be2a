// Which fields of a form count as typed text, and their values as plain pairs.

const NEVER = new Set(["password", "file", "hidden", "submit", "button", "reset", "image"]);

/** The inputs of `form` that hold what a person typed or chose. */
export function typedFields(form) {
  return [...form.elements].filter(
    (field) => field.name && !NEVER.has(field.type) && field.tagName !== "FIELDSET" && field.dataset.keepSkip === undefined,
  );
}

/** Their values as [name, value] pairs, in the order of the page. */
export function typedValues(form) {
  const pairs = [];
  for (const field of typedFields(form)) {
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked) pairs.push([field.name, field.value]);
    } else if (field.tagName === "SELECT" && field.multiple) {
      for (const option of field.selectedOptions) pairs.push([field.name, option.value]);
    } else pairs.push([field.name, field.value]);
  }
  return pairs;
}

/** Put values from `typedValues` back; names that the form no longer has are passed over. */
export function fill(form, pairs) {
  const left = new Map();
  for (const [name, value] of pairs) left.set(name, [...(left.get(name) ?? []), value]);
  for (const field of typedFields(form)) {
    const values = left.get(field.name) ?? [];
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (field.tagName === "SELECT" && field.multiple) {
      for (const option of field.options) option.selected = values.includes(option.value);
    } else if (values.length) field.value = values.shift();
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * Suggestions under a search box, by the ARIA combobox pattern. Without this script the form
 * searches all the same.
 */

const DELAY = 120; // milliseconds of rest before asking

let lists = 0;

/** @param {HTMLFormElement} form */
function complete(form) {
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `suggestions-${++lists}`;
  list.role = "listbox";
  list.ariaLabel = input.ariaLabel;
  list.hidden = true;
  form.append(list);
  input.role = "combobox";
  input.ariaExpanded = "false";
  input.ariaAutoComplete = "list";
  input.setAttribute("aria-controls", list.id);

  let timer = 0;
  let chosen = -1;
  let request = new AbortController();

  const close = () => {
    list.hidden = true;
    input.ariaExpanded = "false";
    input.removeAttribute("aria-activedescendant");
    chosen = -1;
  };

  /** @param {number} place */
  const choose = (place) => {
    const options = [...list.children];
    chosen = (place + options.length) % options.length;
    options.forEach((option, at) => { option.ariaSelected = String(at === chosen); });
    options[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[chosen].id);
  };

  /** @param {{address: string, label: string, language: string, other: string, type: string}[]} found */
  const show = (found) => {
    list.replaceChildren(...found.map((each, place) => {
      const option = document.createElement("li");
      const name = document.createElement("span");
      const rest = document.createElement("small");
      name.textContent = each.label;
      name.lang = each.language;
      rest.textContent = [each.other, each.type].filter(Boolean).join(" · ");
      option.id = `${list.id}-${place}`;
      option.role = "option";
      option.ariaSelected = "false";
      option.dataset.address = each.address;
      option.append(name, rest);
      return option;
    }));
    close();
    if (found.length && document.activeElement === input) {
      list.hidden = false;
      input.ariaExpanded = "true";
    }
  };

  const ask = async () => {
    request.abort();
    request = new AbortController();
    const address = new URL(form.dataset.suggest ?? "", location.href);
    address.searchParams.set("q", input.value);
    try {
      const answer = await fetch(address, { signal: request.signal });
      if (answer.ok) show(await answer.json());
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "AbortError") close();
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.trim()) timer = setTimeout(ask, DELAY);
    else close();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return close();
    if (list.hidden) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? -1 : chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) open(list.children[chosen]);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // keep the focus
  list.addEventListener("click", (event) => {
    const option = /** @type {Element} */ (event.target).closest("li");
    if (option) open(option);
  });
}

/** @param {Element} option */
function open(option) {
  location.assign(/** @type {HTMLElement} */ (option).dataset.address ?? "");
}

document.querySelectorAll("form[data-suggest]").forEach((form) => complete(/** @type {HTMLFormElement} */ (form)));

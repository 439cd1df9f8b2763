"use strict";
// Without this script the pictures stand side by side (report.css).
document.documentElement.classList.add("js");

addEventListener("DOMContentLoaded", () => {
  const find = document.getElementById("find");
  const warned = document.getElementById("warned");
  const doubtful = document.getElementById("doubtful");
  const sort = document.getElementById("sort");
  const all = document.getElementById("all");
  const found = document.getElementById("found");
  const dialog = document.querySelector("dialog");
  const entries = Array.from(document.querySelectorAll("figure, tbody tr"), (element, index) => ({
    element,
    index,
    text: simplify(element.textContent),
    name: element.querySelector("bdi").textContent,
    pixels: Number(element.dataset.pixels),
    warned: "warned" in element.dataset ? 0 : 1,
    doubtful: "doubtful" in element.dataset,
    probability: Number(element.dataset.probability ?? 2),
  }));

  // Names from other systems may hold the same letters composed differently.
  function simplify(text) {
    return text.normalize("NFKC").toLowerCase();
  }

  function filter() {
    const wanted = simplify(find.value.trim());
    const onlyWarned = warned !== null && warned.checked;
    const onlyDoubtful = doubtful !== null && doubtful.checked;
    let shown = 0;
    for (const { element, text, warned, doubtful } of entries) {
      element.hidden = !text.includes(wanted) || (onlyWarned && warned === 1) ||
        (onlyDoubtful && !doubtful);
      shown += !element.hidden;
    }
    const filtered = wanted !== "" || onlyWarned || onlyDoubtful;
    found.textContent = filtered ? `${shown} of ${entries.length} found` : "";
    for (const section of document.querySelectorAll("section")) {
      const some = section.querySelector("figure:not([hidden]), tbody tr:not([hidden])");
      section.hidden = some === null;
      // What is found must not stay behind a closed lid.
      const lid = section.querySelector(".lid");
      if (lid !== null) {
        lid.open = filtered && some !== null;
      }
    }
  }

  function order() {
    const key = sort.value;
    const compare = new Intl.Collator(undefined, { numeric: true }).compare;
    const figures = entries.filter(({ element }) => element.matches("figure"));
    figures.sort((a, b) =>
      (key === "name" ? compare(a.name, b.name) : a[key] - b[key]) || a.index - b.index);
    document.querySelector(".pictures").append(...figures.map(({ element }) => element));
  }

  function enlarge(figure) {
    const pictures = dialog.querySelectorAll("img");
    figure.querySelectorAll("img").forEach((shown, index) => {
      pictures[index].src = shown.src;
    });
    dialog.querySelector("bdi").textContent = figure.querySelector("bdi").textContent;
    dialog.showModal();
  }

  document.addEventListener("input", ({ target }) => {
    if (target === find || target === warned || target === doubtful) {
      filter();
    } else if (target === all) {
      document.documentElement.style.setProperty("--split", `${all.value}%`);
      for (const slider of document.querySelectorAll("figure input")) {
        slider.value = all.value;
        slider.parentElement.style.removeProperty("--split");
      }
    } else if (target.type === "range") {
      target.parentElement.style.setProperty("--split", `${target.value}%`);
    }
  });
  sort?.addEventListener("change", order);
  document.addEventListener("click", ({ target }) => {
    if (target.matches("figure button")) {
      enlarge(target.closest("figure"));
    } else if (target === dialog) {
      dialog.close();
    }
  });
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.close();
  });
});

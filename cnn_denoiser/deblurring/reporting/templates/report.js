"use strict";
// Without this script the pictures stand side by side (report.css).
document.documentElement.classList.add("js");

addEventListener("DOMContentLoaded", () => {
  const find = document.getElementById("find");
  const all = document.getElementById("all");
  const found = document.getElementById("found");
  const entries = Array.from(document.querySelectorAll("figure, tbody tr"), (element) => ({
    element,
    text: simplify(element.textContent),
  }));

  // Names from other systems may hold the same letters composed differently.
  function simplify(text) {
    return text.normalize("NFKC").toLowerCase();
  }

  function filter() {
    const wanted = simplify(find.value.trim());
    let shown = 0;
    for (const { element, text } of entries) {
      element.hidden = !text.includes(wanted);
      shown += !element.hidden;
    }
    found.textContent = wanted ? `${shown} of ${entries.length} found` : "";
    // What is found must not stay behind a closed lid.
    for (const lid of document.querySelectorAll("details")) {
      lid.open = wanted !== "" && lid.querySelector("tbody tr:not([hidden])") !== null;
    }
  }

  document.addEventListener("input", ({ target }) => {
    if (target === find) {
      filter();
    } else if (target === all) {
      document.documentElement.style.setProperty("--split", `${all.value}%`);
      for (const slider of document.querySelectorAll("figure input")) {
        slider.value = all.value;
        slider.parentElement.style.removeProperty("--split");
      }
    } else {
      target.parentElement.style.setProperty("--split", `${target.value}%`);
    }
  });
  document.addEventListener("submit", (event) => event.preventDefault());
});

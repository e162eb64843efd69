"use strict";
// Tables sort by a click on a column's head. Without this script they are as they are.
for (const table of document.querySelectorAll("table.sorts")) {
  const body = table.tBodies[0];
  for (const head of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => row.cells[head.cellIndex].dataset.v ?? row.cells[head.cellIndex].textContent.trim();
      const rows = [...body.rows].sort((a, b) => {
        const [x, y] = [key(a), key(b)];
        const gap = x !== "" && y !== "" ? x - y : NaN;
        return Number.isNaN(gap) ? x.localeCompare(y, undefined, { numeric: true }) : gap;
      });
      body.append(...(down ? rows.reverse() : rows));
    });
  }
}
// On paper nothing is folded away.
addEventListener("beforeprint", () => { for (const part of document.querySelectorAll("details")) part.open = true; });

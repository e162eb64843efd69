// A cell that was opened: the editor, its buttons, what Python says, and the verdict.
import { makeEditor } from "./editor.js";
import { keep, recall } from "./memory.js";
import { Python } from "./python.js";

const PATIENCE = 6000; // milliseconds, until a run is said to be long
const pythons = new Map(); // one for each group of cells; a page has one group
let opened = 0;

const mega = (bytes) => (bytes / 1e6).toFixed(bytes < 1e6 ? 1 : 0);

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const codeIn = (block) => block.querySelector("pre").textContent.replace(/\n$/, "");

function pythonOf(group, lite) {
  if (!pythons.has(group)) pythons.set(group, new Python(lite, codeIn(group.querySelector(".course-cells-before"))));
  return pythons.get(group);
}

/** Put an editor in the place of a cell's code, and start Python. */
export function open(place, { key, name, lite }) {
  new Cell(place, key, name, pythonOf(place.closest(".course-cells"), lite));
}

class Cell {
  constructor(place, key, name, python) {
    const [stub, check] = place.querySelectorAll(".highlight");
    Object.assign(this, { key, name, python, stub: codeIn(stub), check: codeIn(check) });
    const kept = recall(key, this.stub);
    this.build(place, stub.closest("[class^=highlight-]"), kept?.text ?? this.stub);
    if (kept && !kept.sameStart) {
      this.note = "The exercise has changed since you wrote this. Yours is kept; Reset shows the new start.";
    }
    python.start();
    python.listen((message) => this.loading(message));
    this.editor.focus();
  }

  build(place, block, text) {
    const id = `course-cell-${(opened += 1)}`;
    const button = (words, press) => {
      const node = element("button", { type: "button" }, words);
      node.addEventListener("click", press);
      return node;
    };
    const help = element("p", { class: "course-cell-help", id: `${id}-help` },
      "Tab indents; to leave the editor, press Escape, then Tab. Shift+Enter runs the cell.");
    const frame = element("div", { class: "course-editor" });
    block.replaceWith(frame, help);
    this.runButton = button("Run and check", () => this.run());
    this.stopButton = button("Stop", () => this.stop());
    this.resetButton = button("Reset", () => this.reset());
    this.stopButton.disabled = true;
    this.status = element("p", { class: "course-cell-status", role: "status" });
    this.bar = element("progress", { "aria-label": "Loading Python", max: "1" });
    this.words = element("span");
    this.wait = element("p", { class: "course-cell-loading" }, this.bar, this.words);
    this.output = element("div", { class: "course-cell-output", role: "group", "aria-label": `Output of ${this.name}` });
    this.output.hidden = true;
    place.append(
      element("div", { class: "course-cell-buttons" }, this.runButton, this.stopButton, this.resetButton),
      this.wait, this.status, this.output,
    );
    place.classList.add("course-cell-open");
    this.editor = makeEditor({
      parent: frame, text, label: `Your code: ${this.name}`, describedBy: help.id,
      onRun: () => this.run(), onChange: () => this.changed(),
    });
  }

  say(words) {
    if (this.status.textContent !== words) this.status.textContent = words;
  }

  // How far it is can be seen at every moment, but is not spoken: a screen reader would read every one of them.
  loading({ kind, what, got, total, text }) {
    const waits = kind === "loading" || kind === "starting";
    this.wait.hidden = !waits;
    if (kind === "loading" && total) Object.assign(this.bar, { max: total, value: got });
    else this.bar.removeAttribute("value");
    this.words.textContent = kind === "starting" ? "Starting Python"
      : total ? `${what}: ${mega(got)} of ${mega(total)} MB` : `${what}: ${mega(got ?? 0)} MB`;
    if (kind === "broken") this.say(`Python does not run: ${text}. Run starts it anew.`);
    else if (this.note) this.say(this.note);
    else if (kind === "ready") this.say(this.mine ? "Running" : "Python is ready.");
    else this.say("Python is being loaded. You can write meanwhile.");
  }

  changed() {
    this.before = undefined;
    this.resetButton.textContent = "Reset";
    if (!keep(this.key, this.stub, this.editor.text())) {
      this.say("This browser keeps nothing for this site: what you write goes with the page.");
    }
  }

  async run() {
    if (this.python.busy) {
      this.say(this.mine ? this.status.textContent : "Another cell runs. Wait for it, or stop it.");
      return;
    }
    this.mine = true;
    this.note = "";
    this.lines = [];
    this.output.replaceChildren();
    this.output.hidden = true;
    this.stopButton.disabled = false;
    this.runButton.setAttribute("aria-disabled", "true");
    const running = this.python.run(this.name, this.editor.text(), this.check, (message) => this.hear(message));
    const { ended, why } = await running;
    clearTimeout(this.long);
    this.mine = false;
    this.stopButton.disabled = true;
    this.runButton.removeAttribute("aria-disabled");
    this.finish(ended, why);
  }

  finish(ended, why) {
    if (ended === "done") this.note = this.lines.at(-1) ?? "Done.";
    if (ended === "stopped") {
      this.note = "Stopped. Python starts anew, without what cells have defined; the next run defines it again.";
    }
    if (ended === "broken") this.note = `Python does not run: ${why}. Run starts it anew.`;
    this.say(this.note);
  }

  stop() {
    this.runButton.focus();
    this.python.stop();
  }

  reset() {
    const undo = this.before !== undefined;
    const [next, was] = [undo ? this.before : this.stub, this.editor.text()];
    this.editor.set(next);
    this.before = undo ? undefined : was;
    this.resetButton.textContent = undo ? "Reset" : "Undo reset";
    this.say(undo ? "Yours is back." : "Back at the start. Undo reset brings yours back.");
  }

  hear({ kind, text, line }) {
    if (kind === "running") {
      this.say("Running");
      this.long = setTimeout(() => this.say("Still running. Stop ends it."), PATIENCE);
      return;
    }
    this.output.hidden = false;
    if (kind === "html") {
      const box = element("div", { class: "course-cell-shown" });
      box.innerHTML = text; // a verdict or a picture: the library's own, with all text escaped
      this.output.append(box);
      this.lines.push(line);
      return;
    }
    const last = this.output.lastElementChild;
    if (kind === "text" && last?.matches("pre.course-cell-text")) last.append(text);
    else this.output.append(element("pre", { class: `course-cell-${kind}`, tabindex: "0" }, text));
    if (kind === "error") this.lines.push(text.split("\n").at(-1));
  }
}

// The page's Python: one worker for all cells. It can be stopped at any time, and starts again by itself.

/** Python in a worker. `lite` is the address of the site's JupyterLite, `before` the cell that all others build on. */
export class Python {
  constructor(lite, before) {
    Object.assign(this, { lite, before, ran: new Map(), listeners: new Set(), run_: null });
  }

  /** Start it, unless it runs. */
  start() {
    if (this.worker) return;
    this.fresh = true;
    this.last = { kind: "loading", what: "Python", got: 0, total: 0 };
    this.worker = new Worker(new URL("worker.js", import.meta.url));
    this.worker.addEventListener("message", ({ data }) => this.hear(data));
    this.worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.hear({ kind: "broken", text: event.message || "its program could not be loaded" });
    });
    this.worker.postMessage({ order: "start", lite: this.lite.href, before: this.before });
  }

  get busy() {
    return this.run_ !== null;
  }

  /** Be told of every step of loading, by all cells that wait for it. */
  listen(listener) {
    this.listeners.add(listener);
    if (this.worker) listener(this.last);
  }

  hear(message) {
    if (["text", "html", "error", "running"].includes(message.kind)) {
      this.run_?.heard(message);
      return;
    }
    if (message.kind === "done") {
      const { name, source, finish } = this.run_;
      this.run_ = null;
      this.ran.set(name, source);
      finish({ ended: "done" });
      return;
    }
    this.last = message;
    if (message.kind === "broken") this.end({ ended: "broken", why: message.text });
    for (const listener of this.listeners) listener(message);
  }

  end(result) {
    this.worker?.terminate();
    this.worker = null;
    const run = this.run_;
    this.run_ = null;
    run?.finish(result);
  }

  /**
   * Run a cell and its check. `heard` gets what is printed and shown. Resolves to how it ended: done, stopped
   * or broken. After a new start, the cells that have run to their end before define their names again first.
   */
  run(name, source, check, heard) {
    this.start();
    const again = this.fresh ? [...this.ran].filter(([other]) => other !== name) : [];
    this.fresh = false;
    return new Promise((finish) => {
      this.run_ = { name, source, heard, finish };
      this.worker.postMessage({ order: "run", name, source, check, again });
    });
  }

  /** End whatever runs, and start anew. */
  stop() {
    this.end({ ended: "stopped" });
    this.start();
    for (const listener of this.listeners) listener(this.last);
  }
}

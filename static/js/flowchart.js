// One decision, step by step: chart and list are two views of the same steps.
//
//   <div data-trace>                around a chart and its list
//     <a data-node="3">             a box of the chart; its target is the step in the list
//     <li data-number="3" data-step="scp[1]"><details>   the step
//     <button data-back>, <button data-next>, <button data-decided-at="3">
//     <p data-step-said>            says the step when it was reached by a key or a button
//   <input data-place>              in the form around it: keeps the step for the next answer
//
// Without this module boxes are links, and steps open and close by themselves.

class Walk {
  constructor(root) {
    this.root = root;
    this.steps = [...root.querySelectorAll("li[data-step]")];
    this.nodes = [...root.querySelectorAll("[data-node]")];
    for (const each of root.querySelectorAll(".needs-script")) each.hidden = false;
    for (const step of this.steps) {
      step.querySelector("details").addEventListener("toggle", (event) => {
        if (event.target.open) this.mark(this.steps.indexOf(step));
      });
    }
    for (const node of this.nodes) {
      node.addEventListener("click", (event) => this.open(event, node));
    }
    root.addEventListener("keydown", (event) => this.key(event));
    this.on("[data-back]", () => this.go(this.at - 1));
    this.on("[data-next]", () => this.go(this.at + 1));
    this.on("[data-decided-at]", ({ dataset }) => this.go(Number(dataset.decidedAt) - 1));
    this.mark(this.at);
  }

  on(selector, action) {
    const button = this.root.querySelector(selector);
    button?.addEventListener("click", () => action(button));
  }

  get at() {
    const found = this.steps.findIndex((step) => step.hasAttribute("aria-current"));
    return Math.max(0, found);
  }

  open(event, node) {
    if (!this.steps.length || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.go(Number(node.dataset.node) - 1);
  }

  // Arrows move along the chart while one of its boxes has the focus.
  key(event) {
    const node = event.target.closest("[data-node]");
    if (!node || !this.steps.length || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.steps.length - 1;
    const to = {
      ArrowDown: this.at + 1, ArrowRight: this.at + 1,
      ArrowUp: this.at - 1, ArrowLeft: this.at - 1,
      Home: 0, End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.go(to);
    const chart = node.closest("[data-chart]") ?? this.root;
    chart.querySelector(`[data-node="${this.at + 1}"]`)?.focus();
  }

  go(to) {
    const at = Math.min(this.steps.length - 1, Math.max(0, to));
    if (at < 0) return;
    for (const [number, step] of this.steps.entries()) {
      step.querySelector("details").open = number === at;
    }
    this.mark(at);
    this.say(this.steps[at]);
  }

  mark(at) {
    for (const [number, step] of this.steps.entries()) this.current(step, number === at);
    for (const node of this.nodes) this.current(node, Number(node.dataset.node) === at + 1);
    const back = this.root.querySelector("[data-back]");
    const next = this.root.querySelector("[data-next]");
    back?.setAttribute("aria-disabled", String(at <= 0));
    next?.setAttribute("aria-disabled", String(at >= this.steps.length - 1));
    const place = this.root.closest("form")?.querySelector("[data-place]");
    if (place && this.steps[at]) place.value = this.steps[at].dataset.step;
  }

  current(element, is) {
    if (is) element.setAttribute("aria-current", "step");
    else element.removeAttribute("aria-current");
  }

  say(step) {
    const said = this.root.querySelector("[data-step-said]");
    const words = [".what strong", ".what .found", "summary .outcome"];
    if (said) {
      said.textContent = words.map((one) => step.querySelector(one).textContent.trim()).join(". ");
    }
  }
}

const walks = new WeakSet();

function begin(root) {
  const found = [...root.querySelectorAll("[data-trace]")];
  if (root.matches?.("[data-trace]")) found.push(root);
  for (const each of found) {
    if (walks.has(each)) continue;
    walks.add(each);
    new Walk(each);
  }
}

document.addEventListener("htmx:load", ({ detail }) => begin(detail.elt));
begin(document);

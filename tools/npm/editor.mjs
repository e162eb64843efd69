// The editor of the cells in chapters: as little of CodeMirror as a cell needs. Bundled by bundle.mjs.
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

/**
 * Make an editor for Python in `parent`. Tab indents until Escape is pressed; then it leaves, as everywhere else.
 * Returns `text()`, `set(text)`, which can be undone, and `focus()`.
 */
export function makeEditor({ parent, text, label, describedBy, onRun, onChange }) {
  const run = () => {
    onRun();
    return true;
  };
  const letGo = (view) => {
    view.setTabFocusMode(true);
    return true;
  };
  const view = new EditorView({
    parent,
    doc: text,
    extensions: [
      lineNumbers(),
      history(),
      indentUnit.of("    "),
      EditorState.tabSize.of(4),
      indentOnInput(),
      bracketMatching(),
      pythonLanguage,
      syntaxHighlighting(classHighlighter),
      keymap.of([
        { key: "Mod-Enter", run },
        { key: "Ctrl-Enter", run },
        { key: "Shift-Enter", run },
        { key: "Escape", run: letGo },
        indentWithTab,
        ...defaultKeymap,
        ...historyKeymap,
      ]),
      EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": describedBy, tabindex: "0" }),
      EditorView.domEventHandlers({
        focus(event, focused) {
          focused.setTabFocusMode(false);
        },
      }),
      EditorView.updateListener.of((update) => update.docChanged && onChange()),
    ],
  });
  return {
    text: () => view.state.doc.toString(),
    set: (next) => view.dispatch({
      changes: { from: 0, to: view.state.doc.length, insert: next },
      annotations: isolateHistory.of("full"), // one step of undo, however soon after another
    }),
    focus: () => view.focus(),
  };
}

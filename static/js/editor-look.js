// How the editor looks: the site's own colours (css/site.css), in both schemes. They are
// named here because the library's styles are outside every layer and would win.

export function highlights(cm) {
  const { tags } = cm;
  return cm.HighlightStyle.define([
    { tag: tags.propertyName, color: "var(--code-key)" },
    { tag: [tags.string, tags.number, tags.bool, tags.null], color: "var(--code-value)" },
    { tag: tags.invalid, color: "var(--deny)" },
  ]);
}

const wavy = (colour, style = "wavy") => ({
  backgroundImage: "none",
  textDecoration: `underline ${style} 1.5px var(${colour})`,
  textUnderlineOffset: ".28em",
  paddingBottom: 0,
});
const button = {
  font: "inherit", background: "var(--surface)", backgroundImage: "none", color: "var(--ink)",
  border: "1px solid var(--edge)", borderRadius: "var(--r-s)", padding: ".25rem .6rem", minHeight: "1.75rem", margin: "0",
};

export function theme(cm) {
  return cm.EditorView.theme({
    "&": { background: "var(--surface)", color: "var(--ink)", fontSize: ".8125rem", maxHeight: "calc(30 * 1.65em + 1.5rem)" },
    "&.cm-focused": { outline: "none" }, // around all of it: site.css
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.65", overflow: "auto" },
    ".cm-content": { padding: ".75rem 0", minHeight: "calc(5 * 1.65em + 1.5rem)", caretColor: "var(--ink)", tabSize: "2" },
    ".cm-line": { padding: "0 1rem 0 .5rem" },
    ".cm-activeLine": { backgroundColor: "transparent" },
    "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in oklab, var(--sunken), transparent 45%)" },
    "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent)" },
    "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--deny-soft)", outline: "1px dashed var(--deny)" },
    ".cm-gutters": { background: "var(--sunken)", color: "var(--ink-3)", borderRight: "1px solid var(--line)", border: "0" },
    ".cm-lineNumbers .cm-gutterElement": { padding: "0 .25rem 0 .1rem", minWidth: "1.5rem" },
    ".cm-marks .cm-gutterElement, .cm-signs .cm-gutterElement": { inlineSize: "1.25rem", display: "grid", placeItems: "center" },
    ".cm-gutterElement .icon": { inlineSize: "1rem", blockSize: "1rem", display: "block" },
    ".cm-marks .allowed": { color: "var(--allow)", boxShadow: "inset -3px 0 var(--allow)" },
    ".cm-marks .denied": { color: "var(--deny)", background: "var(--deny-soft)", boxShadow: "inset -3px 0 var(--deny)" },
    ".cm-signs .error": { color: "var(--deny)" },
    ".cm-signs .security_warning": { color: "var(--implicit)" },
    ".cm-signs .warning": { color: "var(--implicit)" },
    ".cm-signs .suggestion": { color: "var(--accent)" },
    ".cm-lintRange-error": wavy("--deny"),
    ".cm-lintRange-warning": wavy("--implicit", "dashed"),
    ".cm-lintRange-info": wavy("--accent", "dotted"),
    ".cm-lintRange-active": { backgroundColor: "var(--accent-soft)" },
    ".cm-lintPoint": { "&:after": { borderBottomColor: "var(--deny)" } },
    ".cm-tooltip": { background: "var(--surface)", color: "var(--ink)", border: "1px solid var(--edge)", borderRadius: "var(--r-m)", boxShadow: "var(--lift-2)", overflow: "hidden", maxWidth: "min(34rem, 92vw)" },
    ".cm-diagnostic": { padding: ".4rem .7rem", borderLeft: "4px solid var(--implicit)", fontFamily: "var(--sans)", fontSize: ".875rem", lineHeight: "1.5", whiteSpace: "pre-wrap" },
    ".cm-diagnostic-error": { borderLeftColor: "var(--deny)" },
    ".cm-diagnostic-info": { borderLeftColor: "var(--accent)" },
    ".cm-diagnosticSource": { fontSize: ".8125rem", opacity: "1", color: "var(--ink-2)" },
    ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "15rem", minWidth: "min(18rem, 80vw)" },
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: ".3rem .6rem", lineHeight: "1.4" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--accent)", color: "var(--on-accent)" },
    ".cm-completionDetail": { fontStyle: "normal", fontFamily: "var(--sans)", color: "var(--ink-2)", marginLeft: ".8em" },
    "li[aria-selected] .cm-completionDetail": { color: "inherit" },
    ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
    ".cm-panels": { background: "var(--sunken)", color: "var(--ink)", borderBottom: "1px solid var(--line)" },
    ".cm-panel.cm-search": { padding: ".5rem 2.2rem .5rem .75rem", fontFamily: "var(--sans)", fontSize: ".875rem", display: "flex", flexWrap: "wrap", gap: ".3rem .5rem", alignItems: "center" },
    ".cm-panel.cm-search br": { display: "none" },
    ".cm-panel.cm-search label": { fontSize: "inherit", display: "inline-flex", gap: ".3rem", alignItems: "center", minHeight: "1.5rem" },
    ".cm-textfield": { ...button, margin: "0", fontFamily: "var(--mono)", fontSize: "1em" },
    ".cm-button": button,
    ".cm-button:active": { backgroundImage: "none", background: "var(--accent-soft)" },
    ".cm-panel.cm-search [name=close]": { color: "var(--ink)", insetBlockStart: ".4rem", insetInlineEnd: ".5rem", minWidth: "1.75rem", minHeight: "1.75rem", textAlign: "center", fontSize: "1.1rem" },
    ".cm-searchMatch": { backgroundColor: "var(--implicit-soft)", outline: "1px solid var(--implicit)" },
    ".cm-searchMatch-selected": { backgroundColor: "var(--accent-soft)", outline: "2px solid var(--accent)" },
    ".cm-selectionMatch": { backgroundColor: "var(--accent-soft)" },
    ".cm-snippetField": { backgroundColor: "var(--accent-soft)" },
    ".cm-snippetFieldPosition": { borderLeftColor: "var(--accent)" },
  });
}

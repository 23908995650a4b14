"""Walks through a page with the Tab key and tells which stops do not show that they have the focus."""

from __future__ import annotations

from typing import Any

MARKS = """element => {  // how the element is marked: itself, and what stands around it when it has the focus within
    const of = (node, pseudo) => {
        const style = getComputedStyle(node, pseudo);
        const ring = style.outlineStyle === "none" || style.outlineWidth === "0px" ? "" : style.outline;
        return [ring, style.boxShadow, style.borderColor, style.backgroundColor, style.textDecoration].join("|");
    };
    return [of(element), of(element, "::after"), of(element.parentElement)].join(" / ");
}"""
STILL = """() => {  // transitions come to their end at once
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""


def tab_through(page: Any, most: int = 80) -> tuple[int, set[str]]:
    """How many stops there were, at most `most`, and the beginnings of those that look the same with the focus."""
    page.wait_for_load_state("networkidle")
    page.evaluate(STILL)
    unseen, stops, rounds = set(), 0, 0
    while stops < most and rounds < 2:
        page.keyboard.press("Tab")
        element = page.evaluate_handle("document.activeElement").as_element()
        if element is None or element.evaluate("element => element === document.body"):
            rounds += 1  # past the end, or what had the focus was drawn anew: once more from there
            continue
        focused = element.evaluate(MARKS)
        element.evaluate("element => element.blur()")
        plain = element.evaluate(MARKS)
        element.evaluate("element => element.focus({focusVisible: true})")
        stops += 1
        if focused == plain:
            unseen.add(element.evaluate("element => element.outerHTML.slice(0, 300)"))
    return stops, unseen

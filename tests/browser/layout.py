"""What a page must keep at any width and in any colours, asked of the page as it stands in Chromium."""

_TEXT = """() => {
  const wrong = []
  const page = document.documentElement
  if (page.scrollWidth > page.clientWidth) wrong.push(`the page is ${page.scrollWidth} px wide`)
  const boxes = ".btn, .badge, .chip, .tabs a, .nav a, h1, h2, p, th, td, li, dt, dd, label, legend, summary"
  for (const one of document.querySelectorAll(`:is(main, header, nav) :is(${boxes})`)) {
    if (!one.checkVisibility() || one.closest(".vh, .skip, svg")) continue
    const { overflowX, overflowY } = getComputedStyle(one)
    const scrolls = (value) => value === "auto" || value === "scroll"
    if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth && !scrolls(overflowX)) wrong.push(one.outerHTML)
    if (one.scrollHeight > one.clientHeight + 1 && overflowY === "hidden") wrong.push(one.outerHTML)
  }
  return wrong
}"""
_FOCUS = """(all) => {
  const controls = "a[href], button, input, select, textarea, summary, [tabindex='0']"
  const stops = all ? [...document.querySelectorAll(controls)] : [document.activeElement]
  const wrong = []
  for (const one of stops) {
    if (!one.checkVisibility() || one.disabled || one.type === "hidden") continue
    one.focus()
    if (document.activeElement !== one) continue
    const { outlineStyle, outlineWidth } = getComputedStyle(one)
    const box = one.getBoundingClientRect()
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
    const bar = one.closest(".savebar") ? undefined : document.querySelector(".savebar")?.getBoundingClientRect()
    const covered = bar && box.top >= bar.top && box.top < bar.bottom && box.left < bar.right && box.right > bar.left
    if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) wrong.push(`no ring: ${one.outerHTML}`)
    else if (!inside || covered) wrong.push(`out of sight: ${one.outerHTML}`)
  }
  return wrong
}"""

# What is drawn and not written: shapes of charts and sparks, keys of legends, switches, the bar of a download.
# A QR code stands on a plate of its own.
_DRAWN = """() => {
  const paper = getComputedStyle(document.body).backgroundColor
  const seen = colour => !["none", "rgba(0, 0, 0, 0)", paper].includes(colour)
  const shapes = [...document.querySelectorAll("main svg:not(.qr) :is(rect, path, line, polyline, circle):not(.hit)")]
  const boxes = [...document.querySelectorAll("main .switch input, main progress")]
  const bare = shapes.filter(shape => !seen(getComputedStyle(shape).fill) && !seen(getComputedStyle(shape).stroke))
  bare.push(...boxes.filter(box => !seen(getComputedStyle(box).borderTopColor)))
  bare.push(...[...document.querySelectorAll("main .key")].filter(
    key => !seen(getComputedStyle(key, "::before").backgroundColor)))
  return [shapes.length + boxes.length, bare.map(one => one.outerHTML)]
}"""


def clipped(page):
    """What is wider than its place: the page itself, or words in it."""
    return page.evaluate(_TEXT)


def unseen(page, *, everywhere=False):
    """What has the focus and does not show it; ``everywhere``: of all that can have it, after a key was pressed."""
    return page.evaluate(_FOCUS, everywhere)


def undrawn(page):
    """How many things are drawn, and which of them have no colour that can be seen."""
    return page.evaluate(_DRAWN)

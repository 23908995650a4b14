// Comforts of the workspace: every page works without it.
(function () {
  // "/" goes to the search box.
  document.addEventListener('keydown', function (event) {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
    const focused = document.activeElement
    if (focused && /^(INPUT|TEXTAREA|SELECT)$/.test(focused.tagName)) return
    const box = document.querySelector('[data-shortcut-search]')
    if (box) { event.preventDefault(); box.focus() }
  })

  // Ticking all rows of a page.
  const showTickAll = function () {
    document.querySelectorAll('[data-tick-all]').forEach(function (button) { button.hidden = false })
  }
  showTickAll()
  document.addEventListener('htmx:afterSwap', showTickAll)
  document.addEventListener('click', function (event) {
    const button = event.target.closest('[data-tick-all]')
    if (!button) return
    const boxes = button.closest('form').querySelectorAll('input[name="contact"]')
    const all = Array.from(boxes).every(function (box) { return box.checked })
    boxes.forEach(function (box) { box.checked = !all })
  })

  // A file that is too large is refused before it travels; the server refuses it all the same.
  document.addEventListener('change', function (event) {
    const input = event.target.closest('[data-most-bytes]')
    if (!input || !input.files.length) return
    const most = Number(input.dataset.mostBytes)
    const large = Array.from(input.files).some(function (file) { return file.size > most })
    input.setCustomValidity(large ? input.dataset.tooLarge : '')
    input.reportValidity()
  })

  // The switcher closes on Escape and on a click elsewhere.
  const closeMenus = function (except) {
    document.querySelectorAll('details.switcher[open]').forEach(function (menu) {
      if (menu !== except) menu.open = false
    })
  }
  document.addEventListener('click', function (event) { closeMenus(event.target.closest('details.switcher')) })
  document.addEventListener('keydown', function (event) { if (event.key === 'Escape') closeMenus(null) })
})()

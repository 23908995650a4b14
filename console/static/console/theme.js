// Applies the chosen theme before the page is drawn; without a choice the system's preference holds.
(function () {
  const root = document.documentElement
  const system = window.matchMedia('(prefers-color-scheme: dark)')
  const stored = function () {
    try { return localStorage.getItem('theme') } catch (e) { return null }
  }
  const current = function () {
    return root.dataset.theme || (system.matches ? 'dark' : 'light')
  }
  const saved = stored()
  if (saved === 'light' || saved === 'dark') root.dataset.theme = saved

  document.addEventListener('DOMContentLoaded', function () {
    const buttons = document.querySelectorAll('[data-theme-toggle]')
    const show = function () {
      buttons.forEach(function (button) { button.setAttribute('aria-pressed', String(current() === 'dark')) })
    }
    buttons.forEach(function (button) {
      button.addEventListener('click', function () {
        const next = current() === 'dark' ? 'light' : 'dark'
        root.dataset.theme = next
        try { localStorage.setItem('theme', next) } catch (e) { /* private window: lasts for this page */ }
        show()
      })
    })
    system.addEventListener('change', show)
    show()
  })
})()

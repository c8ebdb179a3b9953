// Control or Command with Enter presses the button that the page is for, wherever the focus is.

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return
  const button = document.querySelector('main button.button-primary')
  if (button === null) return
  event.preventDefault()
  button.click()
})

// Puts instants into the zone of the browser's clock, which no request tells. The server wrote them in the business's
// zone, and named it, for who reads without scripts.

const STYLE = {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
}

for (const time of document.querySelectorAll('time[data-locale]')) {
  time.textContent = new Intl.DateTimeFormat(time.dataset.locale, STYLE).format(new Date(time.dateTime))
}

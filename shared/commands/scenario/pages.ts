import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { SCENARIO_GROUPS, titleOfScenario } from './play.ts'

// Templates, where the apps have components of JSX, which Node does not read. The classes are the apps' own.

/** A page, or a part of one. */
export type Part = HtmlEscapedString | Promise<HtmlEscapedString>
/** Where both apps answer. */
export type AppOrigins = { ordering: string; billing: string }

/** The frame of every page. */
export function framePage(origins: AppOrigins, title: string, main: Part): Part {
  return html`${raw('<!DOCTYPE html>')}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Waybill scenarios</title>
        <link rel="icon" href="/scenarios.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/waybill.css" />
      </head>
      <body class="scenarios">
        <a class="skip-link" href="#main">Skip to content</a>
        <header class="app-header">
          <a class="brand" href="/">
            <img src="/scenarios.svg" alt="" width="24" height="24" />
            <span>Waybill <b>scenarios</b></span>
          </a>
          <div class="app-header-end">
            <a class="other-app" href="${origins.ordering}">Ordering</a>
            <a class="other-app" href="${origins.billing}">Billing</a>
          </div>
        </header>
        <main id="main" tabindex="-1">${main}</main>
      </body>
    </html>`
}

/** The page that all are played from. `going` is the name of the one that is being played. */
export function listScenarios(going: string | undefined): Part {
  return html`<div class="page-header">
      <div class="page-header-row"><h1>Scenarios</h1></div>
      <p class="page-lead">
        Each breaks something on purpose and shows step by step what happens, on data of its own: your orders are not
        touched. Those that run both apps check the guarantees at their end.
      </p>
    </div>
    ${SCENARIO_GROUPS.map(
      ({ title, scenarios }) =>
        html`<section class="panel">
          <div class="panel-head"><h2>${title}</h2></div>
          <div class="table-frame">
            <table class="data-table" role="table">
              <caption class="visually-hidden">
                ${title}
              </caption>
              <thead class="visually-hidden" role="rowgroup">
                <tr role="row">
                  <th scope="col" role="columnheader">What it shows</th>
                  <th scope="col" role="columnheader">Play it</th>
                </tr>
              </thead>
              <tbody role="rowgroup">
                ${Object.keys(scenarios).map((name) => rowOf(name, name === going))}
              </tbody>
            </table>
          </div>
        </section>`,
    )}`
}

function rowOf(name: string, goesOn: boolean): Part {
  return html`<tr role="row">
    <th scope="row" role="rowheader">
      <div>
        <a href="/${name}">${titleOfScenario(name)}</a>
        <p class="muted"><code>npm run scenario -- ${name}</code></p>
      </div>
    </th>
    <td role="cell" class="numeric">
      ${goesOn ? html`<a class="button button-secondary" href="/${name}">Watch</a>` : playButton(name, 'Play', 'secondary')}
    </td>
  </tr>`
}

/** A scenario that was not played since the start. */
export function showUnplayed(name: string, title: string): Part {
  return html`${headOf(name, title, false)}
    <div class="empty-state">
      <p class="empty-title">Not played yet</p>
      <p>This takes a few seconds and touches none of your orders.</p>
      <div class="button-row">${playButton(name, 'Play', 'primary')}</div>
    </div>`
}

/** A scenario that is played, or was, with `gap` where its steps belong, and where its end does. */
export function showRun(name: string, title: string, goesOn: boolean, gap: Part): Part {
  return html`${headOf(name, title, goesOn)}
    <section class="panel" role="log" aria-label="What happens">
      <ol class="timeline">
        ${gap}
      </ol>
    </section>
    ${gap}`
}

function headOf(name: string, title: string, goesOn: boolean): Part {
  return html`<div class="page-header">
    <a class="back" href="/">Scenarios</a>
    <div class="page-header-row">
      <h1>${title}</h1>
      ${goesOn ? html`<span class="badge tone-info" data-going>Running</span>` : ''}
    </div>
    <p class="page-lead"><code>npm run scenario -- ${name}</code></p>
  </div>`
}

/** One step, in the colour of what it tells. */
export function tellStep(line: string): Part {
  return html`<li class="tone-${toneOf(line)}"><p>${line}</p></li>`
}

function toneOf(line: string): 'success' | 'warning' | 'error' | 'neutral' {
  if (/^Checked: |^Billing pulls: ok/.test(line)) return 'success'
  if (/^BROKEN|\bLOST\b/.test(line)) return 'error'
  return /^Billing pulls: failed| answers [45]\d\d/.test(line) ? 'warning' : 'neutral'
}

/** How it ended. `fault` is what it complained of. */
export function tellEnd(name: string, fault: string | undefined): Part {
  return html`${
      fault === undefined
        ? html`<div class="notice tone-success" role="status">
            <p class="notice-title">The scenario has ended as it should.</p>
          </div>`
        : html`<div class="notice tone-error" role="alert">
            <p class="notice-title">The scenario has not ended as it should.</p>
            <div class="notice-body"><p>${fault}</p></div>
          </div>`
    }
    <div class="button-row">${playButton(name, 'Play again', 'primary')}</div>`
}

function playButton(name: string, label: string, variant: 'primary' | 'secondary'): Part {
  return html`<form method="post" action="/${name}">
    <button type="submit" class="button button-${variant}" aria-label="${label} ${name}">${label}</button>
  </form>`
}

/** What is shown in place of what was asked for; `going` is the scenario that is in the way. */
export function tellRefusal(status: number, title: string, why: string, going: string | undefined): Part {
  return html`<div class="error-page">
    <p class="error-status">${status}</p>
    <h1>${title}</h1>
    <div class="prose"><p>${why}</p></div>
    <div class="button-row">
      ${going === undefined ? '' : html`<a class="button button-primary" href="/${going}">Watch it</a>`}
      <a class="button button-secondary" href="/">Go to the scenarios</a>
    </div>
  </div>`
}

import type { Locator, Page } from 'playwright-core'

/** What a job takes: clicks of a pointer, and keys other than those that write a text. */
export type Effort = { clicks: number; keys: number }

/** Somebody at a page, whose every click and key is counted. */
export class Person {
  readonly page: Page
  readonly #effort: Effort = { clicks: 0, keys: 0 }

  constructor(page: Page) {
    this.page = page
  }

  async click(control: Locator): Promise<void> {
    await control.click()
    this.#effort.clicks += 1
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await this.page.keyboard.press(key)
      this.#effort.keys += 1
    }
  }

  /** Goes on by Tab until the control has the focus. */
  async tabTo(control: Locator): Promise<void> {
    for (let nr = 0; nr < 50; nr += 1) {
      await this.press('Tab')
      if ((await control.and(this.page.locator(':focus')).count()) === 1) return
    }
    throw new Error('No Tab leads to the control')
  }

  /** Writes where the focus is; a text takes as long anywhere. */
  async write(text: string): Promise<void> {
    await this.page.keyboard.type(text)
  }

  /** Waits for the page with this heading, and for its scripts. */
  async see(heading: string | RegExp): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await this.page.waitForLoadState()
  }

  tell(job: string): Effort {
    console.log(`${job}: ${this.#effort.clicks} clicks, ${this.#effort.keys} keys`)
    return this.#effort
  }

  link(name: string | RegExp): Locator {
    return this.page.getByRole('link', { name })
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name })
  }
}

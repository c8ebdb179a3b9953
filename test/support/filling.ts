import { MAX_AMOUNT, MAX_GROSS } from '../../shared/contract/order.ts'
import type { Draft, ImportLine } from './orders.ts'

/** What both apps are filled with: the sample's records, or what is made of them. */
export type Filling = {
  /** What stands in the place of a text. It holds the text, so that what was found by it still is. `most` characters. */
  text: (plain: string, most: number) => string
  /** What stands where a record of the sample has no text; null leaves it so. */
  instead: (plain: string, most: number) => string | null
  /** What stands in the place of an order. */
  order: (order: ImportLine) => ImportLine
}

/** The sample as it is. */
export const SAMPLE: Filling = { text: (plain) => plain, instead: () => null, order: (order) => order }

/** Every text begins in Hebrew, goes on in Arabic, and ends with a full stop: what turns whatever is beside it. */
export const RIGHT_TO_LEFT: Filling = everywhere((plain) => `שלום ${plain} مرحبا 12.`)

const long = (most: number): string => 'W'.repeat(most)
const LINE = { quantity: 987_654.321, unitPrice: 999_999, discountPercent: 99.99, taxPercent: 12.25 }
/** With its tax as near to the greatest gross as whole units come. */
const GREATEST = { quantity: Math.floor((MAX_GROSS / MAX_AMOUNT) * 0.8), unitPrice: MAX_AMOUNT, taxPercent: 19 }

/** Every text as long as the contract allows, without a place to break; amounts at their greatest, in three decimals. */
export const LARGEST: Filling = {
  ...everywhere((plain, most) => plain + long(Math.max(0, most - plain.length))),
  order: (order) => ({
    ...order,
    currency: 'KWD',
    lines: order.lines.map((line, index) => ({ ...line, ...(index === 0 ? GREATEST : LINE) })),
    charges: [{ description: long(500), amount: MAX_AMOUNT, taxPercent: 0 }],
  }),
}

/** An order as large as one can be: 200 lines, 20 charges, every text at its longest without a place to break. */
export const LARGEST_ORDER: Draft = {
  externalId: long(100),
  currency: 'KWD',
  customer: {
    id: long(100),
    name: long(200),
    contact: long(200),
    email: long(200),
    vatId: long(100),
    address: {
      street: long(200),
      additional: long(200),
      city: long(200),
      postalCode: long(200),
      region: long(200),
      country: 'KW',
    },
  },
  lines: Array.from({ length: 200 }, (_, index) => ({
    sku: long(100),
    // Every other one is the longest word that a German clerk may type.
    description: index % 2 === 0 ? long(500) : 'Donaudampfschifffahrtsgesellschaft'.repeat(15).slice(0, 500),
    ...(index === 0 ? GREATEST : LINE),
  })),
  charges: Array.from({ length: 20 }, () => ({ description: long(500), amount: 1e9, taxPercent: 0 })),
  suppliedOn: '2026-11-02',
  taxExemptionReason: long(500),
  note: long(5_000),
}

/** An order in German, Japanese, Arabic and Hebrew, beside each other and within one text. */
export const ORDER_IN_FOUR_SCRIPTS: Draft = {
  externalId: 'طلب-7/2026',
  currency: 'JPY',
  customer: {
    id: 'KAMOME-東京',
    name: '港のかもめ商店 株式会社',
    contact: '山田 花子',
    email: 'hanako@kamome.example',
    address: {
      street: '大黒町1-2',
      additional: '港ビル 5階',
      city: '横浜市',
      postalCode: '231-0001',
      region: '神奈川県',
      country: 'JP',
    },
  },
  lines: [
    {
      sku: 'TEE-1',
      description: 'Friesentee „Störtebeker“, kräftig, 250 g',
      quantity: 12,
      unitPrice: 1_234,
      taxPercent: 10,
    },
    { sku: '茶-2', description: '煎茶（静岡県産）、百グラム袋入り', quantity: 3.5, unitPrice: 98_765, taxPercent: 8 },
    { sku: 'شاي-3', description: 'شاي أسود بالنعناع، 500 غرام.', quantity: 1_000, unitPrice: 2_500, taxPercent: 10 },
    {
      sku: 'תה-4',
      description: 'תה שחור (Assam) עם לימון, 12 יחידות.',
      quantity: 2,
      unitPrice: 4_800,
      discountPercent: 12.5,
      taxPercent: 0,
    },
  ],
  charges: [{ description: 'שילוח – 送料 – شحن', amount: 1_500, taxPercent: 10 }],
  suppliedOn: '2026-11-02',
  taxExemptionReason: 'Export: ohne Steuer, פטור ממס.',
  note: 'Bitte um 9:30 Uhr liefern.\nנא לצלצל פעמיים!\nيرجى الاتصال قبل التسليم.\n午前中にお届けください。',
}

function everywhere(text: Filling['text']): Filling {
  return { ...SAMPLE, text, instead: text }
}

import { useContext } from 'hono/jsx'
import { Button } from './buttons.tsx'
import { Select } from './form-fields.tsx'
import { ReaderContext } from '../edge/reader.ts'
import { CSV_DIALECTS, type CsvDialect, dialectOf } from '../files/sheet.ts'

/**
 * What a form has by which a list is downloaded: a workbook, or CSV and how that is written. A form and no link, since it
 * leads to no page. `path` is the list's, without an ending.
 */
export function DownloadFields({ path }: { path: '/orders' | '/invoices' }) {
  const { locale } = useContext(ReaderContext)
  const options = [
    { value: '', label: `As in your browser: ${describe(dialectOf(locale))}` },
    { value: 'comma', label: describe(CSV_DIALECTS.comma) },
    { value: 'semicolon', label: describe(CSV_DIALECTS.semicolon) },
  ]
  return (
    <>
      <Button attributes={{ formaction: `${path}.xlsx` }}>Download for Excel</Button>
      <Button>Download CSV</Button>
      <Select name="csv" label="CSV with" value="" options={options} />
    </>
  )
}

function describe({ separator, decimalMark }: CsvDialect): string {
  return `1234${decimalMark}50 and ${separator === ',' ? 'commas' : 'semicolons'}`
}

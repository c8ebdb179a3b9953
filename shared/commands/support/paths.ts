import { join } from 'node:path'
import { ROOT } from '../../project/project.ts'

/** Where everything is kept that a start leaves behind; it may be deleted while nothing runs. */
export const STATE = process.env['WAYBILL_STATE'] ?? join(ROOT, '.waybill')
/** Sample customers, products and orders. */
export const SAMPLE = join(ROOT, 'shared/sample')

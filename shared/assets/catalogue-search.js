// Asks the server for customers and products, as the suggestions show them.

/** What was found; undefined where the server does not answer. */
async function find(list, query, signal) {
  try {
    const response = await fetch(`/api/${list}?${new URLSearchParams(query)}`, { signal })
    return response.ok ? (await response.json())[list] : undefined
  } catch {
    return undefined
  }
}

export async function searchCustomers(text, most, signal) {
  const found = await find('customers', { q: text, limit: most }, signal)
  return found?.map((customer) => ({
    code: customer.id,
    label: customer.name,
    detail: [customer.id, customer.address.city],
    value: customer,
  }))
}

/**
 * @param currency the order's: products in it come first, and the others name theirs
 * @param writePrice how a product's price is shown
 */
export async function searchProducts({ currency, writePrice }, text, most, signal) {
  const found = await find('products', { q: text, limit: most, currency }, signal)
  return found?.map((product) => ({
    code: product.sku,
    label: product.description,
    detail: [product.sku, `${writePrice(product)}${product.currency === currency ? '' : ` in ${product.currency}`}`],
    value: product,
  }))
}

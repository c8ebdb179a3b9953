// Asks the server for customers and products, as the suggestions show them.

async function find(list, text, most, signal) {
  const response = await fetch(`/api/${list}?${new URLSearchParams({ q: text, limit: most })}`, { signal })
  return response.ok ? (await response.json())[list] : []
}

export async function searchCustomers(text, most, signal) {
  const found = await find('customers', text, most, signal)
  return found.map((customer) => ({
    label: customer.name,
    detail: `${customer.id} · ${customer.address.city}`,
    value: customer,
  }))
}

/** @param writePrice how a product's price is shown */
export async function searchProducts(writePrice, text, most, signal) {
  const found = await find('products', text, most, signal)
  return found.map((product) => ({
    label: product.description,
    detail: `${product.sku} · ${writePrice(product)}`,
    value: product,
  }))
}

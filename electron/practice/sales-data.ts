/** Made-up orders, the same at every start: one year for each organisation, and whatever `create_order` adds. */

export const regions = ['North', 'South', 'East', 'West'] as const;
export type Region = (typeof regions)[number];

export interface Order {
  readonly id: string;
  /** ISO date. */
  readonly date: string;
  readonly customer: string;
  readonly region: Region;
  readonly product: string;
  readonly quantity: number;
  readonly amount: number;
}

interface Catalogue {
  readonly prefix: string;
  readonly currency: string;
  readonly customers: readonly [string, ...string[]];
  readonly products: readonly [Product, ...Product[]];
  readonly orderCount: number;
}

type Product = readonly [name: string, unitPrice: number];

const catalogues: Readonly<Record<string, Catalogue>> = {
  acme: {
    prefix: 'AC',
    currency: 'EUR',
    customers: ['Norte Foods', 'Baltic Paper', 'Lumen Hotels', 'Orchard & Sons', 'Rivera Clinics'],
    products: [
      ['Anvil', 420],
      ['Rocket skates', 310],
      ['Spring boots', 95],
    ],
    orderCount: 48,
  },
  globex: {
    prefix: 'GX',
    currency: 'USD',
    customers: ['Cypress Creek Schools', 'Hammock Supply', 'Harbor Freight Lines', 'Springfield Power'],
    products: [
      ['Weather control unit', 9_800],
      ['Hammock', 140],
      ['Office door', 260],
    ],
    orderCount: 36,
  },
  'ana-torres': {
    prefix: 'AT',
    currency: 'EUR',
    customers: ['Corner Bakery', 'Neighbours’ Book Club'],
    products: [['Hand-bound notebook', 18]],
    orderCount: 12,
  },
};

const pick = <T>(list: readonly [T, ...T[]], index: number): T => list[index % list.length] ?? list[0];

function yearOfOrders({ prefix, customers, products, orderCount }: Catalogue): Order[] {
  return Array.from({ length: orderCount }, (_, index) => {
    const [product, unitPrice] = pick(products, index * 5 + 1);
    const quantity = 1 + ((index * 7) % 9);
    return {
      id: orderId(prefix, index),
      date: new Date(Date.UTC(2025, Math.floor((index * 12) / orderCount), 1 + ((index * 11) % 28)))
        .toISOString()
        .slice(0, 10),
      customer: pick(customers, index * 3),
      region: pick(regions, index),
      product,
      quantity,
      amount: quantity * unitPrice,
    };
  });
}

const orderId = (prefix: string, index: number) => `${prefix}-${String(index + 1).padStart(4, '0')}`;

export interface OrderFilter {
  readonly customer?: string | undefined;
  readonly region?: Region | undefined;
}

export class SalesBook {
  readonly currency: string;
  readonly #prefix: string;
  readonly #orders: Order[];

  constructor(organisation: string) {
    const catalogue = catalogues[organisation];
    this.currency = catalogue?.currency ?? 'EUR';
    this.#prefix = catalogue?.prefix ?? 'XX';
    this.#orders = catalogue === undefined ? [] : yearOfOrders(catalogue);
  }

  /** Orders by date of entry; a customer matches by any part of the name, whatever its case. */
  find({ customer, region }: OrderFilter): Order[] {
    const part = customer?.toLowerCase() ?? '';
    return this.#orders.filter(
      (order) => order.customer.toLowerCase().includes(part) && (region === undefined || order.region === region),
    );
  }

  byMonth(filter: OrderFilter): { month: string; orders: number; revenue: number }[] {
    const months = new Map<string, { orders: number; revenue: number }>();
    for (const { date, amount } of this.find(filter)) {
      const month = date.slice(0, 7);
      const sum = months.get(month) ?? { orders: 0, revenue: 0 };
      months.set(month, { orders: sum.orders + 1, revenue: sum.revenue + amount });
    }
    return [...months].sort(([a], [b]) => (a < b ? -1 : 1)).map(([month, sum]) => ({ month, ...sum }));
  }

  add(order: Omit<Order, 'id'>): Order {
    const entered = { id: orderId(this.#prefix, this.#orders.length), ...order };
    this.#orders.push(entered);
    return entered;
  }
}

/** One book per organisation, opened when first asked for. */
export class SalesBooks {
  readonly #books = new Map<string, SalesBook>();

  of(organisation: string): SalesBook {
    const book = this.#books.get(organisation) ?? new SalesBook(organisation);
    this.#books.set(organisation, book);
    return book;
  }
}

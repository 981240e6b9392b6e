import { BenchShop } from './shop';

/** Public shops, each opened once, however often it is asked for. */
export class BenchShops {
  private readonly opened = new Map<string, BenchShop>();

  async open(example: string): Promise<BenchShop> {
    const shop = this.opened.get(example) ?? (await BenchShop.open(example));
    this.opened.set(example, shop);
    return shop;
  }

  async close(): Promise<void> {
    for (const shop of this.opened.values()) await shop.close();
  }
}

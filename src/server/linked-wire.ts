import type { Network } from '../simulation/network.ts';
import type { Wire } from './connection.ts';

/** A wire over the simulated network: what the broker sends to its clients may come late. */
export class LinkedWire implements Wire {
  readonly #wire: Wire;
  readonly #network: Network;
  readonly #route: { readonly from: number; readonly to: 'clients'; readonly plane: 'client' };

  constructor(wire: Wire, network: Network, brokerId: number) {
    this.#wire = wire;
    this.#network = network;
    this.#route = { from: brokerId, to: 'clients', plane: 'client' };
  }

  send(chunks: readonly Uint8Array[]): boolean {
    if (this.#network.isHealthy(this.#route)) return this.#wire.send(chunks);
    this.#later('bytes', () => this.#wire.send(chunks));
    return true;
  }

  pause(): void {
    this.#wire.pause();
  }

  resume(): void {
    this.#wire.resume();
  }

  end(): void {
    if (this.#network.isHealthy(this.#route)) this.#wire.end();
    else this.#later('end', () => this.#wire.end());
  }

  destroy(): void {
    this.#wire.destroy();
  }

  #later(label: string, deliver: () => void): void {
    this.#network.send({ ...this.#route, label }, deliver);
  }
}

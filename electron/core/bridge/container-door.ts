/**
 * Programs in containers, where the person lets them in: they reach this computer as `host.docker.internal` or
 * `host.containers.internal`. Docker's virtual machines (macOS, Windows) bring that to 127.0.0.1; on Linux it is the
 * address of the containers' own network, which is listened on as well, and no other. Whoever comes so needs a key made
 * for containers, sends nothing that a page sends, and finds no window.
 */
import type { IncomingMessage, Server } from 'node:http';
import { BlockList, createServer, isIPv4, type Server as NetServer, type Socket } from 'node:net';
import type { networkInterfaces } from 'node:os';
import type { ContainersView } from '../../../shared/containers.ts';
import { faultWords } from '../../../shared/fault-words.ts';
import { Fault } from '../../../shared/faults.ts';
import type { KeyPlace } from '../broker/local-clients.ts';
import type { Log } from '../platform.ts';
import { requireLocal } from './guard.ts';

export interface ContainerDoorNeeds {
  /** Serves what comes. */
  readonly server: Server;
  /** The port of the HTTP face; asked for when it listens. */
  readonly port: () => number;
  readonly networks: () => ReturnType<typeof networkInterfaces>;
  readonly log: Log;
  /** A network of containers may be made at any time. */
  readonly lookEveryMs?: number;
}

/** What Docker's containers call this computer; Podman's know it by the other one. */
export const containerHost = 'host.docker.internal';
const names = [containerHost, 'host.containers.internal'];
/** The networks that these names stand for on Linux: those that Docker and Podman make by themselves. */
const ownNetwork = /^(?:docker|podman|cni-podman)\d+$/;
/** From these as well: networks that people make, such as Compose does, whose containers are brought to the first ones. */
const anyNetwork = /^(?:(?:docker|podman|cni-podman)\d+|br-[0-9a-f]{12})$/;
const usualLookEveryMs = 30_000;
const maxConnections = 128;
/** What is under way when it is switched off is answered by its sessions; after that its connections end. */
const lastWordsMs = 300;

interface Listener {
  readonly name: string;
  readonly server: NetServer;
}

export class ContainerDoor {
  readonly #needs: ContainerDoorNeeds;
  readonly #listeners = new Map<string, Listener>();
  readonly #failed = new Map<string, { readonly name: string; readonly fault: Fault }>();
  /** The address of ours at which it came, for connections by a network of containers. */
  readonly #cameAt = new WeakMap<Socket, string>();
  readonly #open = new Set<Socket>();
  #isOn = false;
  #timer: NodeJS.Timeout | undefined;
  #changing: Promise<void> = Promise.resolve();

  constructor(needs: ContainerDoorNeeds) {
    this.#needs = needs;
  }

  /** Where a request comes from. Throws `host-refused` where it is for no address of ours, or a page's. */
  placeOf(request: IncomingMessage): KeyPlace {
    const at = this.#cameAt.get(request.socket);
    const host = request.headers.host?.toLowerCase();
    const wanted = at === undefined ? names : [...names, at];
    const isContainers = host !== undefined && wanted.some((name) => host === `${name}:${this.#needs.port()}`);
    if (at === undefined && !(this.#isOn && isContainers)) {
      requireLocal(request, this.#needs.port());
      return 'here';
    }
    if (!this.#isOn || !isContainers) throw new Fault('host-refused', { reason: 'Host' });
    const { origin, 'sec-fetch-site': site } = request.headers;
    if (origin !== undefined) throw new Fault('host-refused', { reason: 'Origin' });
    if (site !== undefined) throw new Fault('host-refused', { reason: 'Sec-Fetch-Site' });
    this.#remember(request.socket);
    return 'container';
  }

  /** Resolves when it listens, or does not any more. Never rejects. */
  set(on: boolean): Promise<void> {
    this.#isOn = on;
    clearInterval(this.#timer);
    this.#timer = on
      ? setInterval(() => void this.#inTurn(), this.#needs.lookEveryMs ?? usualLookEveryMs).unref()
      : undefined;
    if (!on) {
      const open = [...this.#open];
      setTimeout(() => {
        for (const socket of open) socket.destroy();
      }, lastWordsMs).unref();
    }
    return this.#inTurn();
  }

  view(): ContainersView {
    const listening = [...this.#listeners].map(([address, { name }]) => ({ name, address }));
    const failed = [...this.#failed].map(([address, { name, fault }]) => ({
      name,
      address,
      fault: { fault: fault.code, ...faultWords(fault) },
    }));
    return {
      on: this.#isOn,
      url: `http://${containerHost}:${this.#needs.port()}`,
      networks: [...listening, ...failed],
    };
  }

  async close(): Promise<void> {
    await this.set(false);
    for (const socket of this.#open) socket.destroy();
  }

  #inTurn(): Promise<void> {
    this.#changing = this.#changing.then(() => this.#look());
    return this.#changing;
  }

  /** Listens at each network that is there, and nowhere else. */
  async #look(): Promise<void> {
    const wanted = new Map(this.#isOn ? this.#addresses(ownNetwork).map((one) => [one.address, one.name]) : []);
    this.#failed.clear();
    for (const [address, { server }] of this.#listeners) {
      if (wanted.has(address)) continue;
      this.#listeners.delete(address);
      server.close();
    }
    for (const [address, name] of wanted) if (!this.#listeners.has(address)) await this.#listen(name, address);
  }

  async #listen(name: string, address: string): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket, address));
    server.maxConnections = maxConnections;
    const port = this.#needs.port();
    const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once('error', resolve);
      server.listen({ host: address, port, exclusive: true }, () => resolve(undefined));
    });
    if (failure === undefined) {
      server.on('error', (error) => this.#needs.log('warn', 'containers: a connection failed', { reason: error.name }));
      this.#listeners.set(address, { name, server });
      this.#needs.log('info', 'containers: listening', { name, address });
      return;
    }
    const reason = String(failure.code);
    this.#failed.set(address, { name, fault: new Fault('port-taken', { subject: String(port), reason }) });
    this.#needs.log('warn', 'containers: not listening', { name, address, reason });
  }

  /**
   * Linux takes what is sent to any address of its own at any network: a computer nearby could reach this one too. Only
   * containers' networks, and this computer itself, are let in.
   */
  #accept(socket: Socket, address: string): void {
    const peers = new BlockList();
    for (const one of this.#addresses(anyNetwork)) peers.addSubnet(one.address, one.prefix, 'ipv4');
    const { remoteAddress = '' } = socket;
    if (!this.#isOn || !isIPv4(remoteAddress) || !peers.check(remoteAddress)) {
      socket.destroy();
      return;
    }
    this.#cameAt.set(socket, address);
    this.#remember(socket);
    // Node's documented way to hand a connection to an HTTP server.
    this.#needs.server.emit('connection', socket);
  }

  #remember(socket: Socket): void {
    if (this.#open.has(socket)) return;
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }

  #addresses(named: RegExp): readonly NetworkAddress[] {
    try {
      return addressesIn(this.#needs.networks(), named);
    } catch {
      // Some systems tell no program of their networks.
      return [];
    }
  }
}

interface NetworkAddress {
  readonly name: string;
  readonly address: string;
  readonly prefix: number;
}

function addressesIn(networks: ReturnType<typeof networkInterfaces>, named: RegExp): readonly NetworkAddress[] {
  return Object.entries(networks).flatMap(([name, of = []]) =>
    named.test(name)
      ? of.flatMap(({ family, address, cidr }) => {
          const prefix = Number(cidr?.split('/')[1] ?? 32);
          return family === 'IPv4' && address !== '0.0.0.0' ? [{ name, address, prefix }] : [];
        })
      : [],
  );
}

import { PageModel } from "./model";

/** What the server tells of the page itself. */
export interface PageFacts {
  title?: string;
  source?: string;
  status?: string;
  model?: string;
}

/** `refused`: the token is not that of the server, or there is none. */
export type State = "opening" | "open" | "lost" | "refused";

interface Listeners {
  page(facts: PageFacts): void;
  state(state: State): void;
}

type Header = { sizes: number[] } & (
  | ({ kind: "page" } & PageFacts)
  | { kind: "open" | "update"; comm: string; state: Record<string, unknown> }
  | { kind: "custom"; comm: string; content: unknown }
  | { kind: "close"; comm: string }
);

const AGAIN_MS = 1000;

/** The WebSocket over which widgets speak, and their models by name: what a front end's widget manager is. */
export class Connection {
  private socket: WebSocket | null = null;
  private readonly models = new Map<string, PageModel>();
  private readonly awaited = new Map<string, ((model: PageModel) => void)[]>();
  private tries = 0;

  constructor(
    private readonly token: string,
    private readonly listeners: Listeners,
  ) {
    listeners.state("opening");
    this.open();
  }

  /** The model of a name, once Python has told of it. */
  async get_model(id: string): Promise<PageModel> {
    const known = this.models.get(id);
    if (known) return known;
    return new Promise((resolve) => this.awaited.set(id, [...(this.awaited.get(id) ?? []), resolve]));
  }

  get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  post(comm: string, data: unknown): void {
    if (this.socket?.readyState !== WebSocket.OPEN) throw new Error("the preview has ended");
    this.socket.send(JSON.stringify({ comm, data }));
  }

  private open(): void {
    const socket = new WebSocket(`ws://${location.host}/comms?token=${encodeURIComponent(this.token)}`);
    socket.binaryType = "arraybuffer";
    let isOpen = false;
    socket.onopen = () => {
      isOpen = true;
      this.tries = 0;
      this.socket = socket;
      this.listeners.state("open");
    };
    socket.onmessage = ({ data }) => this.receive(data as ArrayBuffer);
    socket.onclose = () => {
      this.socket = null;
      this.tries += 1;
      if (!isOpen && this.tries === 1) this.listeners.state("refused");
      else if (isOpen || this.tries > 1) this.listeners.state("lost");
      setTimeout(() => this.open(), AGAIN_MS);
    };
  }

  private receive(data: ArrayBuffer): void {
    const size = new DataView(data).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, size))) as Header;
    let at = 4 + size;
    const buffers = header.sizes.map((bytes) => new DataView(data, (at += bytes) - bytes, bytes));
    switch (header.kind) {
      case "page":
        return this.listeners.page(header);
      case "open":
        return this.add(header.comm, header.state);
      case "update":
        return this.models.get(header.comm)?.update(header.state);
      case "custom":
        return this.models.get(header.comm)?.fire("msg:custom", header.content, buffers);
      case "close":
        this.models.get(header.comm)?.fire("destroy");
        this.models.delete(header.comm);
    }
  }

  private add(id: string, state: Record<string, unknown>): void {
    const known = this.models.get(id);
    if (known) return known.update(state); // the connection was lost, and is there again
    const model = new PageModel(this, id, state);
    this.models.set(id, model);
    for (const resolve of this.awaited.get(id) ?? []) resolve(model);
    this.awaited.delete(id);
  }
}

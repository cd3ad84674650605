/** The comm between a view and its Python half, as anywidget hands it over. */
export interface Comm {
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  on(event: string, listener: (...args: never[]) => void): void;
  off(event: string, listener: (...args: never[]) => void): void;
}

/** A comm with the traits that both halves share. */
export interface Model<Traits> extends Comm {
  get<K extends keyof Traits & string>(name: K): Traits[K];
  set<K extends keyof Traits & string>(name: K, value: Traits[K]): void;
  save_changes(): void;
}

/** What newer front ends hand to views: other widgets, by their references. */
export interface WidgetHost {
  getWidget?(reference: string): Promise<{ render(place: { el: HTMLElement; signal: AbortSignal }): Promise<void> }>;
}

export interface RenderProps<Traits> {
  model: Model<Traits>;
  el: HTMLElement;
  host?: WidgetHost;
}

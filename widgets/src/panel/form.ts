import { element, put, say } from "../dom";
import type { CheckReply, Choice, Form as Offers, Offer } from "./protocol";
import { timeAt } from "./labels";

const BY_QUALITY = "";
const OWN = "own";
const MBIT = 1_000_000;
const WAIT_MS = 120;

export interface FormActions {
  check(choice: Choice): Promise<CheckReply>;
  export(choice: Choice): Promise<void>;
}

/** The fields of an export: only what goes together can be chosen. */
export class ExportForm {
  readonly node = element("form", "bzp-form", { "aria-label": "Export settings" });
  private readonly format = select();
  private readonly codec = select();
  private readonly quality = select();
  private readonly bitrate = select();
  private readonly ownRate = element("input", "bzp-input", { type: "number", min: 0.01, max: 400, step: "any", value: 5 });
  private readonly resolution = select();
  private readonly fps = select();
  private readonly first = element("input", "bzp-input", { type: "number", min: 0, step: 1, required: true });
  private readonly last = element("input", "bzp-input", { type: "number", min: 0, step: 1, required: true });
  private readonly name = element("input", "bzp-input", { type: "text", required: true, maxlength: 1000, spellcheck: "false" });
  private readonly place = select();
  private readonly folder = element("input", "bzp-input", { type: "text", maxlength: 4096, spellcheck: "false", placeholder: "/path/on/the/kernel’s/machine" });
  private readonly sound = element("input", "", { type: "checkbox", checked: true });
  private readonly detach = element("input", "", { type: "checkbox" });
  private readonly most = element("input", "bzp-input", { type: "number", min: 0.01, max: 400, step: "any", placeholder: "Mbit/s, no limit" });
  private readonly depth = select();
  private readonly captions = element("input", "bzp-input", { type: "text", maxlength: 4096, spellcheck: "false", placeholder: "A file, as talk.srt" });
  private readonly shownAs = select();
  private readonly also = element("fieldset", "bzp-also");
  private readonly about = element("div", "bzp-about");
  private readonly others = element("div", "");
  private readonly outlook = element("div", "bzp-outlook");
  private readonly refusal = element("div", "bzp-refusal", { role: "status", "aria-live": "polite" });
  private readonly button = element("button", "bzp-button bzp-primary", { type: "submit" }, "Export");
  private readonly length = element("span", "bzp-soft");
  private readonly ownField: HTMLElement;
  private readonly folderField: HTMLElement;
  private readonly soundField: HTMLElement;
  private readonly resolutionField = field("Resolution", this.resolution);
  private readonly fpsField = field("Frame rate", this.fps);
  private readonly bitrateField = field("Bit rate", this.bitrate);
  private readonly mostField = field("Peak rate", this.most);
  private readonly depthField = field("Bits a colour", this.depth);
  private readonly captionsField = field("Captions", this.captions, "bzp-wide");
  private readonly shownAsField = field("Captions are", this.shownAs, "bzp-wide");
  private offers: Offers | null = null;
  private timer = 0;
  private checking = false;
  private again = false;
  private exporting = false;
  private closed = false;

  constructor(private readonly actions: FormActions) {
    this.ownField = field("Mbit/s", this.ownRate);
    this.folderField = field("Folder", this.folder, "bzp-wide");
    this.soundField = element("label", "bzp-check", {}, this.sound, "Sound");
    const range = element(
      "fieldset",
      "bzp-range",
      {},
      element("legend", "bzp-label", {}, "Frames"),
      this.first,
      element("span", "bzp-soft", {}, "to"),
      this.last,
      this.length,
    );
    put(this.first, "aria-label", "First frame");
    put(this.last, "aria-label", "Last frame");
    this.node.append(
      element(
        "div",
        "bzp-fields",
        {},
        field("Format", this.format),
        field("Codec", this.codec),
        field("Quality", this.quality),
        this.bitrateField,
        this.ownField,
        this.resolutionField,
        this.fpsField,
        range,
        field("Name", this.name, "bzp-wide"),
        field("Destination", this.place, "bzp-wide"),
        this.folderField,
        this.soundField,
        element("label", "bzp-check bzp-wide", {}, this.detach, "Continue when this notebook is closed"),
      ),
      element(
        "details",
        "bzp-advanced",
        {},
        element("summary", "", {}, "More options"),
        element("div", "bzp-fields", {}, this.mostField, this.depthField, this.captionsField, this.shownAsField, this.also),
      ),
      element("div", "bzp-foot", {}, element("div", "bzp-outcome", {}, this.about, this.outlook, this.others, this.refusal), this.button),
    );
    this.node.noValidate = true; // what is wrong is said in words
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
    this.node.addEventListener("input", ({ target }) => this.edited(target));
  }

  /** Take what can be chosen; what was chosen stays, where it still can be. */
  show(offers: Offers): void {
    const isNew = this.offers === null || this.offers.film !== offers.film;
    const sameFrames = this.offers?.frames === offers.frames && String(this.offers.range) === String(offers.range);
    this.offers = offers;
    this.fillFormats(offers);
    fill(this.place, [["project", `Project “${offers.project}”`], ["folder", "A folder…"]]);
    if (isNew) this.name.value = offers.name;
    if (!sameFrames) {
      this.first.value = String(offers.range[0]);
      this.last.value = String(offers.range[1] - 1);
    }
    put(this.first, "max", String(offers.frames - 1));
    put(this.last, "max", String(offers.frames - 1));
    this.refill();
    this.soon(0);
  }

  /** Offer the formats by their kinds; each of them can also be made beside another. */
  private fillFormats({ formats }: Offers): void {
    const before = this.format.value;
    const kinds = [...new Set(formats.map(({ kind }) => kind))];
    this.format.replaceChildren(
      ...kinds.map((kind) => {
        const having = formats.filter((one) => one.kind === kind);
        return element("optgroup", "", { label: kind }, ...having.map(({ name, label }) => element("option", "", { value: name }, label)));
      }),
    );
    if (formats.some(({ name }) => name === before)) this.format.value = before;
    const wanted = this.boxes().filter(({ checked }) => checked).map(({ value }) => value);
    this.also.replaceChildren(
      element("legend", "bzp-label", {}, "Make also"),
      ...formats.map(({ name, label }) =>
        element("label", "bzp-check", {}, element("input", "", { type: "checkbox", value: name, checked: wanted.includes(name) }), label),
      ),
    );
  }

  private boxes(): HTMLInputElement[] {
    return [...this.also.querySelectorAll("input")];
  }

  /** Something has ended: estimates and limits may be others. */
  look(): void {
    if (this.offers) this.soon(WAIT_MS);
  }

  close(): void {
    this.closed = true;
    window.clearTimeout(this.timer);
  }

  private edited(target: EventTarget | null): void {
    if (target === this.format || target === this.codec) this.refill();
    this.arrange();
    this.soon(WAIT_MS);
  }

  /** Offer what goes with the format and the codec. */
  private refill(): void {
    const { offers } = this;
    if (!offers) return;
    const format = offers.formats.find(({ name }) => name === this.format.value) ?? offers.formats[0];
    if (!format) return;
    fill(this.codec, format.codecs.map((name) => [name, offers.codecs[name]?.label ?? name]));
    const kind = offers.codecs[this.codec.value];
    if (!kind) return;
    fill(this.quality, kind.qualities.map((name) => [name, capital(name)]), "medium");
    const rates: Offer[] = kind.bitrates.map((name) => [name, capital(name)]);
    fill(this.bitrate, [[BY_QUALITY, "By quality"], ...rates, ...(rates.length ? [[OWN, "Own…"] as Offer] : [])]);
    fill(this.resolution, kind.resolutions);
    fill(this.fps, kind.rates);
    fill(this.depth, kind.depths.map((depth) => [String(depth), `${depth} bits`]));
    this.codec.disabled = format.codecs.length < 2;
    this.bitrate.disabled = rates.length === 0;
    const hasPicture = kind.depths.length > 0;
    this.resolutionField.hidden = this.fpsField.hidden = this.bitrateField.hidden = this.captionsField.hidden = !hasPicture;
    this.mostField.hidden = !kind.bounded;
    this.depthField.hidden = kind.depths.length < 2;
    const hadTrack = this.shownAs.options.length > 1;
    fill(this.shownAs, [...(format.has_track ? [["track", "A track to turn on"] as Offer] : []), ["burn", "Part of the picture"]]);
    if (format.has_track && !hadTrack) this.shownAs.value = "track";
    for (const box of this.boxes()) if (box.parentElement) box.parentElement.hidden = box.value === format.name;
    this.soundField.hidden = !offers.has_sound || !kind.has_sound;
    this.arrange();
  }

  private arrange(): void {
    const { offers } = this;
    this.quality.disabled = this.bitrate.value !== BY_QUALITY;
    this.ownField.hidden = this.bitrate.value !== OWN;
    this.folderField.hidden = this.place.value !== "folder";
    this.shownAsField.hidden = this.captionsField.hidden || !this.captions.value.trim();
    if (!offers) return;
    const frames = Number(this.last.value) - Number(this.first.value) + 1;
    say(this.length, frames > 0 ? timeAt(frames, offers.fps) : "");
  }

  private choice(): Choice {
    const { value: rate } = this.bitrate;
    return {
      format: this.format.value,
      codec: this.codec.value,
      quality: rate === BY_QUALITY ? this.quality.value : null,
      bitrate: rate === BY_QUALITY ? null : rate === OWN ? bits(this.ownRate) : rate,
      resolution: chosen(this.resolution),
      fps: chosen(this.fps),
      first: whole(this.first.value),
      stop: whole(this.last.value) + 1,
      name: this.name.value,
      folder: this.place.value === "folder" ? this.folder.value : null,
      mute: !this.sound.checked,
      detach: this.detach.checked,
      maxrate: this.mostField.hidden || !(Number(this.most.value) > 0) ? null : bits(this.most),
      bit_depth: this.depthField.hidden ? null : whole(this.depth.value),
      captions: this.shownAsField.hidden ? null : this.captions.value.trim(),
      burn: !this.shownAsField.hidden && this.shownAs.value === "burn",
      also: this.boxes().filter(({ checked, value }) => checked && value !== this.format.value).map(({ value }) => value),
    };
  }

  private soon(ms: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.check(), ms);
  }

  /** Ask what would come of it: one question at a time, the last of them always. */
  private async check(): Promise<void> {
    if (this.checking) {
      this.again = true;
      return;
    }
    this.checking = true;
    try {
      this.tell(await this.actions.check(this.choice()));
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error), "notice");
    }
    this.checking = false;
    if (this.again && !this.closed) {
      this.again = false;
      void this.check();
    }
  }

  private tell({ name, about, time, size, source, note, also, refusal }: CheckReply): void {
    say(this.about, name ? `${name} · ${about}` : "");
    this.outlook.replaceChildren();
    this.others.replaceChildren(
      ...also.map((one) => element("div", "bzp-about", {}, `${one.name} · ${one.about}`, element("span", "bzp-soft", {}, ` · ${one.size}`))),
    );
    if (refusal === null) {
      const same = time === size;
      for (const [term, text] of same ? [["Time, size", time]] : [["Time", time], ["Size", size]]) {
        this.outlook.append(element("div", "", { title: source }, element("span", "bzp-soft", {}, `${term}: `), text as string));
      }
      if (source) this.outlook.append(element("div", "bzp-source bzp-soft", {}, source));
    }
    this.say(refusal ?? note, refusal === null ? "notice" : "refusal");
    this.button.disabled = this.exporting || refusal !== null;
  }

  private say(text: string, kind: "notice" | "refusal"): void {
    put(this.refusal, "data-kind", kind);
    say(this.refusal, text);
  }

  private async submit(): Promise<void> {
    if (this.button.disabled || !this.offers) return;
    this.exporting = this.button.disabled = true;
    try {
      await this.actions.export(this.choice());
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error), "refusal");
    }
    this.exporting = this.button.disabled = false;
  }
}

function select(): HTMLSelectElement {
  return element("select", "bzp-input");
}

function field(label: string, control: HTMLElement, more = ""): HTMLElement {
  return element("label", `bzp-field ${more}`, {}, element("span", "bzp-label", {}, label), control);
}

/** Offer values; the one that was chosen stays where it is still on offer. */
function fill(control: HTMLSelectElement, offers: Offer[], preferred = ""): void {
  const before = control.options.length ? control.value : preferred;
  control.replaceChildren(...offers.map(([value, label]) => element("option", "", { value: value ?? "" }, label)));
  if (offers.some(([value]) => (value ?? "") === before)) control.value = before;
}

function chosen({ value }: HTMLSelectElement): string | null {
  return value === "" ? null : value;
}

/** Bits a second of a field in Mbit/s, within what there is. */
function bits({ value }: HTMLInputElement): number {
  return Math.min(400 * MBIT, Math.max(10_000, Math.round(Number(value) * MBIT) || 0));
}

function whole(text: string): number {
  return Math.min(2 ** 31 - 1, Math.max(0, Math.trunc(Number(text)) || 0));
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

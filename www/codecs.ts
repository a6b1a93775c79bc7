// Writing and reading values in the formats of the storage module, which the first call loads.

import type { CodecOptions, NoteInfo, Reply, Request } from "./generated/protocol";
import { JobletError, Kernel, machineCores } from "./kernel-client";
import { travelSize } from "./travel";

export interface FormatOptions extends CodecOptions {
  /** Is told what was changed, left out or looks dangerous. */
  onNote?: (note: NoteInfo) => void;
}

/** The storage module's end that writes and reads for a page. */
export class Codecs {
  #kernel: Promise<Kernel> | null = null;
  #closed = false;

  /** The bytes of a value in a format. */
  async encode(format: string, value: unknown, options: FormatOptions = {}): Promise<Uint8Array> {
    travelSize(value, "value");
    return (await this.#ask("encode", format, value, options)) as Uint8Array;
  }

  /** The value that bytes are in a format. */
  decode(format: string, bytes: Uint8Array | ArrayBuffer | string, options: FormatOptions = {}): Promise<unknown> {
    return this.#ask("decode", format, typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes, options);
  }

  close(): void {
    this.#closed = true;
    this.#kernel?.then((kernel) => kernel.close(), () => {});
  }

  #started(): Promise<Kernel> {
    if (this.#closed) throw new JobletError({ code: "closed", message: "The engine is closed." });
    if (!this.#kernel) {
      const starting = Kernel.start("storage", machineCores());
      this.#kernel = starting;
      const forget = () => {
        if (this.#kernel === starting) this.#kernel = null;
      };
      starting.then((kernel) => kernel.lost.catch(forget), forget);
    }
    return this.#kernel;
  }

  async #ask(type: "encode" | "decode", format: string, value: unknown, given: FormatOptions): Promise<unknown> {
    const { onNote, ...options } = given;
    const kernel = await this.#started();
    const request = kernel.number();
    const answered = new Promise<unknown>((resolve, reject) => {
      const stop = kernel.listen((reply: Reply, values: unknown[]) => {
        if (reply.type !== "coded" || reply.request !== request) return;
        stop();
        for (const note of reply.notes) onNote?.(note);
        if (reply.error) reject(new JobletError(reply.error));
        else resolve(values[0]);
      });
    });
    const question: Request = { type, request, format: String(format), options };
    kernel.send(question, [value]);
    return Promise.race([answered, kernel.lost]);
  }
}

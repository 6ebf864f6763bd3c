/** A question that one more key answers. */
export interface Question {
  readonly title: string;
  readonly lines: readonly string[];
  /** What the key does, such as `delete`. */
  readonly verb: string;
  /** What not doing it comes to; without it `leave it`. */
  readonly otherwise?: string;
  readonly run: () => void;
}

declare module 'subset-font' {
  /** Cuts a font down to the characters of `text`, with every layout feature they use. */
  function subsetFont(
    font: Buffer,
    text: string,
    options: { readonly targetFormat: 'woff2' },
  ): Promise<Buffer>;
  export = subsetFont;
}

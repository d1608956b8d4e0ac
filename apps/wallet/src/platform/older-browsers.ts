/**
 * What the app uses and the oldest browsers that it is built for have not: Chrome 95, the last that
 * Android 5 was given. Imported first, for what it does.
 */
if (!('findLast' in Array.prototype)) {
  Object.defineProperty(Array.prototype, 'findLast', {
    value: function <T>(this: readonly T[], fits: (one: T) => boolean): T | undefined {
      for (let at = this.length - 1; at >= 0; at--) {
        const one = this[at] as T;
        if (fits(one)) return one;
      }
      return undefined;
    },
  });
}

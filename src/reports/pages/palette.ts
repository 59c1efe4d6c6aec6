/** Colours that colour-blind people can tell apart (Okabe and Ito), and the hatching that needs no colour. */

export const COLOURS = {
  blue: "#0072B2",
  orange: "#E69F00",
  green: "#009E73",
  vermillion: "#D55E00",
  grey: "#8C8C8C",
  line: "#D9D9D9",
  text: "#222222",
  quiet: "#555555",
} as const;

/** How an area is filled: what it is stands in the legend in words. */
export interface Fill {
  readonly color: string;
  readonly isHatched: boolean;
}

export const FILLS = {
  work: { color: COLOURS.blue, isHatched: false },
  wait: { color: COLOURS.orange, isHatched: true },
  idle: { color: COLOURS.grey, isHatched: false },
  unexplained: { color: "#C4C4C4", isHatched: true },
  open: { color: COLOURS.vermillion, isHatched: false },
  closed: { color: COLOURS.grey, isHatched: true },
} as const satisfies Record<string, Fill>;

/** The style of a filled area, for ECharts, which writes into what it is given. */
export function toItemStyle({ color, isHatched }: Fill) {
  if (!isHatched) return { color };
  return {
    color,
    decal: {
      symbol: "rect",
      color: "rgba(0, 0, 0, 0.55)",
      dashArrayX: [1, 0],
      dashArrayY: [2, 4],
      rotation: Math.PI / 4,
    },
  };
}

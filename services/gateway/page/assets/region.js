// Whose system this is, out of the settings: its territory, time zone, title and colours.

import { read } from "./api.js";
import { setZone } from "./words.js";

const UNKNOWN = { territory: "", title: "", whole: "по региону в целом", site_title: "Качество образования", publisher: "" };
let region = UNKNOWN;

export const home = () => region;

export async function knowRegion() {
  region = (await read("/v1/region")) ?? UNKNOWN;
  if (region.time_zone) setZone(region.time_zone);
  document.querySelector(".brand").textContent = region.site_title;
  if (region.accent) paint(region);
}

// The sheet's own rules apply the colours by day and in the dark.
function paint({ accent, accent_dark: dark }) {
  document.documentElement.style.setProperty("--accent", accent);
  document.documentElement.style.setProperty("--accent-dark", dark);
}

// Opens addresses at two widths, in light and dark, and says as JSON what a person or a screen reader would complain of.
// node look.mjs CHROMIUM FOLDER|- NAME=ADDRESS...; with a folder, a picture of each is written there.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [program, folder, ...named] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
const answer = {};
for (const pair of named) {
  const name = pair.slice(0, pair.indexOf("="));
  const address = pair.slice(pair.indexOf("=") + 1);
  const found = (answer[name] = { violations: [], errors: [], requests: [], wide: [], passes: 0, cards: {} });
  for (const [width, height, touch] of [[390, 844, true], [1280, 900, false]]) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await open(found, address, { viewport: { width, height }, colorScheme, hasTouch: touch, isMobile: touch });
      // Through the debugger, for the page's own policy keeps the tester out as it does anybody.
      await (await page.context().newCDPSession(page)).send("Runtime.evaluate", { expression: axe });
      const report = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      found.passes += report.passes.length;
      for (const each of report.violations) {
        for (const node of each.nodes) found.violations.push(`${width} ${colorScheme} ${each.id} ${node.target}: ${node.failureSummary}`);
      }
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) found.wide.push(`${width}: ${over} px too wide`);
      if (folder !== "-") await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
      if (colorScheme === "light") found.cards[width] = await cards(page, touch);
      await page.context().close();
    }
  }
}
await browser.close();
console.log(JSON.stringify(answer));

async function open(found, address, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && found.errors.push(message.text()));
  page.on("pageerror", (error) => found.errors.push(String(error)));
  page.on("dialog", (dialog) => { found.errors.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("popup", () => found.errors.push("a window was opened"));
  page.on("request", (request) => request.url() !== address && found.requests.push(request.url()));
  await page.goto(address);
  return page;
}

// What the card says beside a mark: by pointer or finger, by keyboard, and after Escape.
async function cards(page, touch) {
  const mark = page.locator(".text a.m").first();
  if (!(await mark.count())) return null;
  const card = page.locator("#card");
  if (touch) await mark.tap();
  else await mark.hover();
  const pointed = await card.innerText();
  const inside = await card.evaluate((each) => {
    const place = each.getBoundingClientRect();
    return place.left >= 0 && place.top >= 0 && place.right <= innerWidth && place.bottom <= innerHeight;
  });
  await page.keyboard.press("Escape");
  const after = await card.isVisible();
  await page.mouse.move(0, 0);
  await page.locator(".badge").first().focus();
  await page.keyboard.press("Tab");
  const focused = (await card.isVisible()) ? await card.innerText() : "";
  return { pointed, inside, after, focused };
}

// Opens an address at two widths in light and dark, and says as JSON what a person and a screen reader would complain of.
// node look.mjs CHROMIUM ADDRESS [FOLDER for pictures]
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [program, address, folder, name = "page"] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
const found = { violations: [], errors: [], requests: [], wide: [], dialogs: 0, passes: 0 };
for (const [width, height, touch] of [[390, 844, true], [1280, 900, false]]) {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, hasTouch: touch, isMobile: touch, deviceScaleFactor: 1, bypassCSP: false });
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && found.errors.push(message.text()));
    page.on("pageerror", (error) => found.errors.push(String(error)));
    page.on("dialog", (dialog) => { found.dialogs += 1; dialog.dismiss(); });
    page.on("request", (request) => request.url() !== page.url() && request.url() !== address && found.requests.push(request.url()));
    await page.goto(address);
    // Past the page's own policy: the tester is no part of the page.
    const session = await context.newCDPSession(page);
    await session.send("Runtime.evaluate", { expression: axe });
    const report = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    found.passes += report.passes.length;
    for (const each of report.violations) {
      for (const node of each.nodes) found.violations.push(`${width} ${colorScheme} ${each.id}: ${node.target} ${node.failureSummary}`);
    }
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) found.wide.push(`${width}: ${over} px too wide`);
    if (folder) await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    await context.close();
  }
}
await browser.close();
console.log(JSON.stringify(found));

/** The page's whole appearance. No font, picture or script is fetched. */
export const style = `
:root{color-scheme:light dark;
--paper:#f8f7f3;--card:#fff;--ink:#1a1c27;--soft:#565c6e;--line:#e2dfd6;--track:#eceae3;--accent:#3a49c6;--accent-wash:#e9ebfb;
--good:#0f766e;--warn:#9a5b00;--warn-wash:#fdf3dd;--bad:#b93815;--bad-wash:#fdeae2;--plain:#7a8399;
--s0:#3a49c6;--s1:#0f766e;--s2:#b45309;--s3:#9d2c7f;--s4:#4d7c0f;--s5:#5b6b84;--shadow:0 1px 2px rgb(30 28 20/.06),0 8px 24px rgb(30 28 20/.05)}
@media (prefers-color-scheme:dark){:root{
--paper:#11131a;--card:#191c26;--ink:#eceef5;--soft:#a5abbd;--line:#2c3040;--track:#272b39;--accent:#9aa6ff;--accent-wash:#232848;
--good:#52cbbd;--warn:#efb756;--warn-wash:#322a17;--bad:#ff936b;--bad-wash:#3a211a;--plain:#78829b;
--s0:#9aa6ff;--s1:#52cbbd;--s2:#f0ae5b;--s3:#f08bd0;--s4:#a6d058;--s5:#9aa8bd;--shadow:none}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Open Sans",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.page{max-inline-size:1120px;margin-inline:auto;padding:0 24px}
a{color:var(--accent);text-underline-offset:3px}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
.skip{position:absolute;inset-inline-start:-999px}.skip:focus{inset-inline-start:16px;inset-block-start:8px;background:var(--card);padding:8px 12px;z-index:2}
.top{display:flex;flex-wrap:wrap;gap:8px 24px;align-items:center;justify-content:space-between;padding-block:20px}
.brand{display:flex;gap:10px;align-items:center;font-weight:650;letter-spacing:-.01em}
.brand svg{inline-size:30px;block-size:20px}
.top p{margin:0}
.soft{color:var(--soft)}.small{font-size:.875rem}.none{color:var(--soft)}
h1{font-size:clamp(2rem,5.6vw,3.5rem);line-height:1.06;letter-spacing:-.03em;margin:28px 0 14px;font-weight:700;text-wrap:balance}
h1 em{font-style:normal;color:var(--accent)}
h2{font-size:1.5rem;letter-spacing:-.015em;line-height:1.25;margin:0 0 6px}
h3{font-size:1.05rem;margin:28px 0 8px;line-height:1.35}
.standfirst{font-size:1.15rem;color:var(--soft);max-inline-size:46em;margin:0 0 28px;text-wrap:pretty}
.lead{color:var(--soft);max-inline-size:46em;margin:0 0 20px;text-wrap:pretty}
section{padding-block:36px;border-block-start:1px solid var(--line)}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;padding:0;margin:28px 0 28px;font-size:.925rem}
nav li{display:flex}nav a{padding-block:3px}
.panel{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:22px;box-shadow:var(--shadow)}
.flow{display:grid;grid-template-columns:minmax(150px,210px) 1fr minmax(150px,210px);gap:18px;align-items:stretch}
.flow svg{display:block;inline-size:100%;block-size:270px}
.flow ul{list-style:none;margin:0;padding:0;display:flex;flex-direction:column;justify-content:center;gap:14px}
.flow li{line-height:1.25}
.flow .big{display:block;font-size:1.5rem;font-weight:650;letter-spacing:-.02em}
.flow .start li{text-align:end}
.flow .label{color:var(--soft);font-size:.925rem}
.swatch{display:inline-block;inline-size:.7em;block-size:.7em;border-radius:3px;margin-inline-end:.45em;vertical-align:baseline}
.tiles{display:grid;grid-template-columns:repeat(6,1fr);gap:1px;background:var(--line);border:1px solid var(--line);border-radius:14px;overflow:hidden;margin:20px 0 0;padding:0}
.tiles div{background:var(--card);padding:14px 18px}
.tiles dt{color:var(--soft);font-size:.875rem}.tiles dd{margin:2px 0 0;font-size:1.5rem;font-weight:650;letter-spacing:-.02em;line-height:1.2}
.tiles dd small{display:block;font-size:.8125rem;font-weight:400;color:var(--soft);letter-spacing:0}
.split{display:flex;block-size:40px;border-radius:10px;overflow:hidden;gap:2px;background:var(--card)}
.split span{min-inline-size:4px}
.tone-matched{background:var(--accent)}.tone-unique{background:var(--plain)}.tone-conflict{background:var(--bad)}.tone-missing{background:var(--warn)}
.legend{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:14px 24px;margin:18px 0 0;padding:0}
.legend div{border-inline-start:4px solid;padding-inline-start:12px}
.legend dt{font-weight:600}.legend dd{margin:0}.legend .figure{font-size:1.25rem;font-weight:650}
.edge-matched{border-color:var(--accent)!important}.edge-unique{border-color:var(--plain)!important}.edge-conflict{border-color:var(--bad)!important}.edge-missing{border-color:var(--warn)!important}
table{border-collapse:collapse;inline-size:100%;font-size:.925rem;margin:0 0 8px}
caption.quiet{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}
caption{text-align:start;font-weight:600;padding:0 0 8px;color:var(--ink)}
th,td{text-align:start;padding:10px 14px 10px 0;border-block-start:1px solid var(--line);vertical-align:top;font-weight:400}
thead th{border:0;padding-block:4px 8px;color:var(--soft);font-size:.8125rem;font-weight:600;vertical-align:bottom}
tbody th{font-weight:600}
th:last-child,td:last-child{padding-inline-end:0}
.number{text-align:end;white-space:nowrap}
tbody th{min-inline-size:9.5em}thead th,.tiles dt,.share-number{overflow-wrap:normal}thead th.number{white-space:normal}
td>div>.bar:only-child{margin-block-start:.5em}
th .sentence{display:block;font-weight:400;color:var(--soft);max-inline-size:34em}
.share{display:flex;flex-direction:column;gap:5px;min-inline-size:84px}
.bar{display:block;block-size:7px;border-radius:4px;background:var(--track);overflow:hidden}
.bar>span{display:block;block-size:100%;border-radius:4px;background:currentColor}
.bar.accent{color:var(--accent)}.bar.good{color:var(--good)}.bar.plain{color:var(--plain)}.bar.warn{color:var(--warn)}.bar.bad{color:var(--bad)}
.histogram td:nth-child(2){inline-size:70%}
.histogram td>div>.bar:only-child{block-size:18px;margin-block-start:.2em}.histogram tbody th{min-inline-size:0}
.chip{display:inline-block;border-radius:99px;padding:1px 9px;font-size:.8125rem;background:var(--track);color:var(--ink);font-weight:500}
.chip.bad{background:var(--bad-wash);color:var(--bad)}.chip.warn{background:var(--warn-wash);color:var(--warn)}.chip.accent{background:var(--accent-wash);color:var(--accent)}
code,.value,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:.9em}
code{background:var(--track);border-radius:5px;padding:.1em .4em}
pre{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px;overflow-x:auto;white-space:pre-wrap;font-size:.85rem}
.id{font-size:.78em;font-weight:400}
.record{font-weight:600}.record .value{font-weight:400}
.notices{list-style:none;margin:24px 0 0;padding:0;display:grid;gap:10px}
.notices li{background:var(--warn-wash);border-inline-start:4px solid var(--warn);border-radius:8px;padding:12px 16px}
.notices p{margin:0}.notices .remedy{margin-block-start:4px;color:var(--ink)}
.empty{background:var(--card);border:1px dashed var(--line);border-radius:10px;padding:16px 18px;color:var(--soft);margin:0 0 8px}
details{margin:10px 0;border:1px solid var(--line);border-radius:10px;background:var(--card);padding:0 16px}
summary{cursor:pointer;padding:12px 0;font-weight:600}
details>:last-child{margin-block-end:14px}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:0 40px}
figure{margin:0 0 22px;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:18px 20px;box-shadow:var(--shadow)}
figcaption{margin:0 0 14px}
figcaption b{font-weight:650}
.drawing{overflow-x:auto}
.drawing svg{display:block;max-inline-size:none}
.drawing text{font-family:inherit;fill:var(--ink)}
.node{fill:var(--paper);stroke:var(--line)}
.drawing .dim{fill:var(--soft)}.drawing .hot{font-weight:650}
.drawing .mono{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace}
.edge{fill:none;stroke:var(--accent);stroke-width:2}
.dot{fill:var(--accent)}
.tag{fill:var(--accent-wash)}
.drawing .tag-text{fill:var(--accent);font-weight:600}
.aslist{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.aslist ul{list-style:none;padding:0;margin:0}
.golden{display:flex;flex-wrap:wrap;gap:6px 18px;margin:14px 0 0;padding:12px 0 0;border-block-start:1px solid var(--line);font-size:.925rem}
.golden div{display:flex;gap:.5em;flex-wrap:wrap}.golden dt{color:var(--soft)}.golden dd{margin:0}
.golden .title{font-weight:650;inline-size:100%}
footer{border-block-start:1px solid var(--line);padding-block:28px 48px;color:var(--soft);font-size:.875rem}
@media (max-width:860px){
.flow{grid-template-columns:1fr}.flow .start li{text-align:start}.flow ul{flex-direction:row;flex-wrap:wrap;justify-content:start;gap:10px 28px}.flow svg{block-size:130px}
.pair{grid-template-columns:1fr}.tiles{grid-template-columns:repeat(3,1fr)}.legend{grid-template-columns:1fr 1fr}}
@media (max-width:640px){
.page{padding-inline:16px}
h1{margin-block-start:12px}
.drawing{display:none}
.aslist{position:static;inline-size:auto;block-size:auto;clip-path:none;white-space:normal;overflow:visible}
.aslist li{border:1px solid var(--line);border-radius:10px;padding:10px 12px;background:var(--paper);font-size:.925rem}
.aslist .why{border:0;background:none;padding:8px 12px 8px 20px;color:var(--accent);font-weight:600;border-inline-start:3px solid var(--accent);border-radius:0;margin-inline-start:18px}
table.cards thead{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}
table.cards,table.cards tbody,table.cards tr,table.cards th,table.cards td,table.cards caption{display:block;text-align:start}
table.cards tr{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 14px;margin-block-end:10px}
table.cards tbody th{border:0;padding:0 0 4px}
table.cards td{border:0;padding:3px 0;display:grid;grid-template-columns:minmax(7.5em,40%) 1fr;gap:12px}
table.cards td::before{content:attr(data-label);color:var(--soft);font-size:.8125rem;padding-block-start:1px}
.histogram td:nth-child(2){inline-size:38%}.histogram th,.histogram td{padding-inline-end:10px}
.tiles{grid-template-columns:1fr 1fr}}
@media print{:root{--paper:#fff;--shadow:none}body{font-size:11pt}nav,.skip{display:none}section{break-inside:auto;padding-block:18px}figure,tr,.panel,.notices li{break-inside:avoid}h2,h3,caption{break-after:avoid}.page{max-inline-size:none;padding:0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}.drawing svg{max-inline-size:100%;block-size:auto}}
`

/**
 * Given names with their customary short forms, folded: `name: short form, short form …`. Compiled by hand for this
 * project from general knowledge of the languages; no list was copied. A short form may stand for several names and may
 * be a name of its own. Left out on purpose: forms so short or so far from their name that they would join strangers.
 */
const english = `
abigail: abby abbie abi gail
abraham: abe bram
adelaide: addie ada
adrian: ade
agnes: aggie nessie
alan: al
albert: al bert bertie
alexander: alex alec al sandy xander lex sasha
alexandra: alex alexa sandra sandy lexi lexie sasha
alexis: alex lexi lexie
alfred: al alf alfie fred freddie freddy
alice: allie ali
alison: allie ali
allison: allie ali
amanda: mandy manda
amelia: amy millie mia
andrea: andie andi
andrew: andy drew
angela: angie ange
ann: annie nan nancy
anna: annie nan
anne: annie nan
annabelle: anna bella belle
anthony: tony ant
antonia: toni tonia
archibald: archie
arnold: arnie
arthur: art artie
ashley: ash
augusta: gussie gus
augustus: gus
barbara: barb babs barbie
bartholomew: bart
beatrice: bea trixie
belinda: bel linda
benedict: ben
benjamin: ben benny benji benjy
bernadette: bernie
bernard: bernie barney
bertram: bert bertie
bethany: beth
beverley: bev
beverly: bev
bradford: brad
bradley: brad
brandon: bran
brenda: bren
bridget: biddy bridie
calvin: cal
cameron: cam
camilla: millie milla
caroline: carol carrie caro
carolyn: carol carrie lynn
cassandra: cass cassie sandra
catherine: cathy cath cate kate katie kitty cat
cecilia: celia cissy
charles: charlie charley chuck chas chip
charlotte: charlie lottie lotte char
chester: chet
christian: chris
christina: chris tina chrissy christy
christine: chris tina chrissy christy
christopher: chris kit topher
clara: clare
clarence: clare clarry
clementine: clem
clifford: cliff
clinton: clint
constance: connie
cordelia: cordy delia
cornelius: neil con
courtney: court
curtis: curt
cynthia: cindy
daniel: dan danny
danielle: dani
david: dave davy davey
deborah: deb debbie debby
debra: deb debbie debby
denise: dee
dennis: den denny
diana: di
dolores: lola
dominic: dom nick
donald: don donnie donny
dorothea: dot thea dora
dorothy: dot dottie dolly dodie dora
douglas: doug dougie
duncan: dunc
edgar: ed eddie
edith: edie
edmund: ed eddie ned ted
edward: ed eddie ned ted teddy
edwin: ed eddie
eleanor: ellie nell nora lenore
elijah: eli
elisabeth: liz lizzie beth lisa elsie libby
elizabeth: liz lizzie lizzy beth betty betsy eliza bess bessie libby lisa ellie elsie
ellen: ellie nell
emily: em emmy millie
emma: em emmy
ernest: ernie
ethel: eth
eugene: gene
evelyn: evie eve
ezekiel: zeke
felicity: fliss flick
ferdinand: ferdie
fiona: fi
florence: flo flossie florrie
frances: fran frannie frankie
francis: frank frankie fran
franklin: frank
frederica: freddie
frederick: fred freddie freddy rick
gabriel: gabe
gabrielle: gabby gaby
genevieve: gen ginny
geoffrey: geoff jeff
george: georgie
georgina: georgie gina
gerald: gerry jerry
geraldine: gerry
gerard: gerry
gertrude: trudy gert gertie
gilbert: gil bert
giles: gil
gillian: gill jill
grace: gracie
gregory: greg
gwendolyn: gwen
hannah: han
harold: hal harry
harriet: hattie hatty
harrison: harry
harvey: harv
helen: nell lena nellie
henrietta: etta hettie
henry: hank harry hal
herbert: bert herb herbie
herman: herm
hilary: hil
howard: howie
hubert: hugh bert
hugh: hughie hugo
humphrey: humph
ignatius: iggy
immanuel: manny
irene: rene
isaac: ike zac
isabel: izzy bella belle
isabella: izzy bella belle isabel
isabelle: izzy bella belle
isidore: izzy
jacob: jake
jacqueline: jackie jacqui
james: jim jimmy jamie jem
jane: janie jenny
janet: jan
janice: jan
jason: jay
jean: jeanie
jefferson: jeff
jeffrey: jeff
jemima: jem mima
jennifer: jen jenny jenn jennie
jeremiah: jerry
jeremy: jem jerry
jerome: jerry
jessica: jess jessie
joan: joanie
joanna: jo
joanne: jo
john: johnny jack jon johnnie
jonathan: jon jonny nathan
joseph: joe joey
josephine: jo josie
joshua: josh
judith: judy jude
julia: jules julie
julian: jules
juliet: jules
justin: jus
katharine: kathy kate katie kit kitty kay
katherine: kathy kath kate katie kit kitty kat kay
kathleen: kathy kath kate katie kay
kathryn: kathy kath kate katie kat kay
kenneth: ken kenny
kevin: kev
kimberley: kim
kimberly: kim
kristina: kris tina
kristopher: kris
lancelot: lance
laura: laurie lori
lauren: laurie
lawrence: larry laurie lawrie
leonard: len lenny leo
leonora: nora
leopold: leo
leroy: roy
leslie: les
lewis: lew louie
lillian: lil lily lilly
linda: lindy lin
louis: lou louie lewis
louisa: lou
louise: lou
lucille: lucy
lucinda: lucy cindy
lydia: lyddie
madeleine: maddie maddy
madeline: maddie maddy
malcolm: mal
margaret: maggie meg peg peggy marge margie greta daisy rita madge
marilyn: lynn
marjorie: marge margie
martha: marty mattie
martin: marty
mary: molly polly mamie
matilda: tilda tilly mattie
matthew: matt matty
maureen: mo
maurice: mo
maximilian: max
maxine: max
maxwell: max
melanie: mel
melissa: mel missy lissa
melvin: mel
mervyn: merv
michael: mike mick mickey micky mikey
michelle: shelly shelley
mildred: millie
millicent: millie
miranda: mandy randy
miriam: mimi mitzi
mitchell: mitch
montgomery: monty
mortimer: mort
moses: mo
muhammad: mo
nancy: nan
natalie: nat
natasha: tasha
nathan: nate nat
nathaniel: nate nat nathan
nicholas: nick nicky nico
nicola: nicky nikki
nicole: nicky nikki
nigel: nige
norman: norm
oliver: ollie
olivia: liv livvy
oscar: ozzie
oswald: oz ozzie
pamela: pam
patricia: pat patty pattie trish tricia patsy
patrick: pat paddy
paula: polly
pauline: polly
penelope: penny
percival: percy
peter: pete
philip: phil pip
philippa: pippa pip
phillip: phil pip
phyllis: phyl
priscilla: cilla
prudence: prue
rachel: rach
ralph: rafe
randall: randy
randolph: randy
raymond: ray
rebecca: becky becca beck
reginald: reg reggie rex
reuben: rube
richard: rick ricky dick rich richie ricki
robert: rob bob bobby robbie robby bert
roberta: bobbie robbie
roderick: rod rick roddy
rodney: rod
roger: rodge
roland: rollie rolly
ronald: ron ronnie
rosalind: roz rosie
rosemary: rose rosie
rudolph: rudy
rupert: rupe
russell: russ rusty
ruth: ruthie
salvatore: sal
samantha: sam sammy
samuel: sam sammy
sandra: sandy
sarah: sally sadie
sara: sally sadie
sebastian: seb bastian
sharon: shari shaz
shirley: shirl
sidney: sid
silvester: sly
solomon: sol solly
sophia: sophie
spencer: spence
stanley: stan
stephanie: steph stephie
stephen: steve stevie steph
steven: steve stevie
stewart: stew stu
stuart: stu
susan: sue susie suzy
susannah: sue susie anna
suzanne: sue susie suzy
sydney: syd
sylvester: sly
sylvia: sylvie
tabitha: tabby
tamara: tammy tam
terence: terry
teresa: terry tess tessa
theodora: thea dora theo
theodore: ted teddy theo
theresa: terry tess tessa
thomas: tom tommy
tiffany: tiff
timothy: tim timmy
tobias: toby
tracy: trace
valerie: val
vanessa: nessa
vernon: vern
veronica: ronnie vera
victor: vic
victoria: vicky vicki tori
vincent: vince vinny vinnie
virginia: ginny
vivian: viv
vivienne: viv
wallace: wally
walter: walt wally
wesley: wes
wilfred: wilf fred
wilhelmina: mina minnie
william: will bill billy willy liam
winifred: winnie freda
winston: win
yvonne: vonnie
zachary: zach zack zac
zechariah: zach zack`

const spanishAndPortuguese = `
adela: adelita
alberto: beto tito
alejandra: ale alex
alejandro: alex ale jandro
alfonso: poncho fonso
alfredo: fredo
ana: anita
andres: andy
antonio: tono tonio toni
antonia: tona
armando: mando
aurora: aurorita
beatriz: bea bia
benjamim: benja
bernardo: berni nardo
carlos: carlitos charly
carolina: caro
catalina: cata
concepcion: concha conchita
consuelo: chelo
cristian: cris
cristina: cris tina
cristobal: cris tobal
daniela: dani
diego: dieguito
dolores: lola loli
eduardo: edu lalo dudu
encarnacion: encarna
enrique: quique kike
ernesto: neto
esperanza: espe
estefania: estefa fani
eugenia: geni
federico: fede
felipe: pipe
fernando: nando fer
florencia: flor
francisca: paca paquita
francisco: paco pancho curro kiko chico
gabriela: gabi gaby
gerardo: gera
gonzalo: gonza
graciela: chela
gregorio: goyo
guadalupe: lupe lupita
guilherme: gui
guillermo: memo guille
gustavo: gus tavo
hector: tito
henrique: rique
hernando: nando
ignacio: nacho
inmaculada: inma
isabel: isa chabela
isabela: isa
javier: javi
jesus: chuy chucho
joao: joaozinho
joaquim: quim
joaquin: quino
jorge: coque
jose: pepe pepito ze
josefa: pepa pepita
juan: juanito
julio: julito
laura: laurita
leticia: lety
lorenzo: lencho
lourdes: lulu
lucia: luci
luis: lucho luisito
luiz: lula luizinho
magdalena: magda malena
manuel: manolo manu manny
manuela: manoli manu
marcela: marce
margarita: marga
maria: mari maruja
mariano: nano
mercedes: merche meche
miguel: migue
milagros: mila
montserrat: montse
nicolas: nico
octavio: tavo
patricio: pato
pedro: perico
pilar: pili
rafael: rafa
raimundo: mundo
ramon: moncho
raquel: raque
ricardo: ricky
roberto: beto tito
rodrigo: rodri
rosario: charo
salvador: chava salva
santiago: santi
sebastiao: tiao
sergio: checo
sofia: sofi
soledad: sole
susana: susi
teresa: tere
tomas: tomi
valentina: vale
vicente: chente
victoria: vicki
ximena: xime
yolanda: yoli`

const germanAndDutch = `
adelheid: heidi
alexander: alex sascha
andreas: andi andy
angelika: geli
anneliese: anne liese
annemarie: anne
antonius: toon anton
barbara: babsi
bartholomaus: bartel
bernhard: bernd
brigitte: gitte gitta
charlotte: lotte
christiane: christel
christoph: chris
cornelis: kees cor
cornelius: kees
dietmar: didi
dietrich: dieter
dorothea: dorle thea doro
eberhard: ebbo
elfriede: friedel elfi
elisabeth: elli else lisbeth sissi ilse
engelbert: bert
franziska: franzi
friederike: rike friedel
friedrich: fritz frieder
gabriele: gabi
georg: schorsch jorg
gerhard: gerd
gertrud: traudl trude
gottfried: friedl
gunther: gunni
heinrich: heinz heini hinnerk
hendrik: henk rik
henriette: jette
hildegard: hilde
ingeborg: inge
irmgard: irmi
jakob: jockel
jacobus: jaap koos
joachim: jochen achim jo
johanna: hanna hanne
johannes: hans hannes jan johann
josef: sepp jupp
josephine: josi
jurgen: jorg
karl: kalle
karoline: caro line
katharina: kathi katja kathrin kati
klaus: klausi
konrad: kurt conny conrad
kristina: krissi
leonhard: leo hartl
leopold: poldi
lieselotte: lilo lotte liesel
ludwig: lutz wiggerl
magdalena: lena leni magda
manfred: manni fred
margarete: grete gretchen gretel gitta
margarethe: grete gretchen gretel
maria: mia mitzi
mathias: hias matze
matthias: hias matze
matthaus: matz
maximilian: maxi max
michael: michi micha michel
michaela: michi
nikolaus: klaus niko nick
paulina: lina
peter: peterle
philipp: phil
pieter: piet
reinhard: reini
reinhold: reini
rosalie: rosi
roswitha: rosi
rudolf: rudi rolf
sabine: bine
sebastian: basti wastl
siegfried: sigi siggi
sigmund: sigi siggi
stefan: steffen steff
stefanie: steffi
susanne: susi sanne
theodor: theo
theresia: resi
thomas: tommi
ulrich: uli ulli
ulrike: uli ulli ulla rike
ursula: uschi ulla ursel
veronika: vroni
volker: volki
waldemar: waldi
walburga: burgl wally
waltraud: traudl
wilhelm: willi willy wim helm
wilhelmina: mina wilma
willem: wim pim
wolfgang: wolf wolfi`

const french = `
adrien: adri
alexandra: alex sandra
alexandre: alex sacha
annemarie: anne annie
antoine: toine toinou
baptiste: bapt
benedicte: bene
benjamin: benji
bernadette: nadette
catherine: cathy cat
charles: charlot
christelle: chris
christiane: chris
christophe: chris tophe
claudine: clo
clement: clem
constance: coco
daniel: dany
didier: didi
dominique: dom domi
edouard: ed doudou
elisabeth: babeth lise
emmanuel: manu
emmanuelle: manu
etienne: tienou
eugenie: nini
florence: flo
francois: fanfan
francoise: fanchon
frederic: fred
frederique: fred
gabriel: gaby
genevieve: ginette
georges: jojo
gerard: gege
gregoire: greg
guillaume: guigui
guy: guitou
isabelle: isa babelle
jacqueline: jacotte
jacques: jacquot jacky
jeanne: jeannette
jean: jeannot
jerome: jej
joseph: jo
josephine: fifine jo
laurence: lolo
laurent: lolo
leopold: leo
louis: loulou
madeleine: mado madelon
marcel: marcelou
margaux: margot
marguerite: margot
marie: mimi
mathieu: mat
mathilde: mathou
maximilien: max
maxime: max
michel: mimi
monique: momo
nathalie: nath
nicolas: nico
olivier: oliv
pascal: pascalou
patrice: pat
patricia: pat
philippe: phil
pierre: pierrot
raymond: ray
sebastien: seb bastien
simone: momone
sophie: soso
stephane: steph
stephanie: steph fanie
suzanne: suzy suzette
sylvain: sylv
sylvie: syl
therese: tete
thierry: titi
valerie: val
veronique: vero
victor: totor
vincent: vince
virginie: nini
yvonne: vonette`

const italian = `
alberto: berto
alessandra: ale sandra
alessandro: ale sandro
alfredo: fredo
andrea: andre
annamaria: anna
antonella: anto nella
antonio: toni tonino nino
bartolomeo: bartolo meo
beatrice: bea bice
benedetta: bene
benedetto: bene
carmela: melina
caterina: cate rina
cesare: cesarino
chiara: chiaretta
concetta: tina
cristina: cri
daniele: dani
domenico: mimmo menico
edoardo: edo
elisabetta: betta lisa elisa
emanuele: manu lele
enrico: chicco rico
eugenio: genio
federica: fede
federico: fede
ferdinando: nando
filippo: pippo
filomena: mena
francesca: fra franca cesca
francesco: fra checco franco ciccio
gabriele: lele gabri
gaetano: tano
gennaro: gennarino
giacomo: giacomino
gianfranco: gianni franco
gianluca: gian luca
giancarlo: gian carlo
giorgio: giorgetto
giovanna: gianna vanna
giovanni: gianni vanni nino
girolamo: momo
giuliano: giuli
giuseppe: beppe peppe pino peppino
giuseppina: pina giusy
guglielmo: memmo
ignazio: gnazio
immacolata: imma
leonardo: leo nardo
lorenzo: renzo lore
luigi: gigi gino
luisa: isa
maddalena: lena
margherita: rita marghe
massimiliano: max massi
massimo: max massi
matteo: teo
maurizio: mauri
michelangelo: angelo
michele: lele
niccolo: nico
nicola: nico cola
pasquale: pasqualino lino
pietro: piero
raffaele: lello raf
riccardo: ricky rick
roberto: robi berto
rosalia: lia
salvatore: turi toto salvo
sebastiano: nello
stefania: stefi
stefano: ste
teresa: tere
tommaso: tommi maso
umberto: berto
valentina: vale
valeria: vale
vincenza: enza
vincenzo: enzo cenzo
vittoria: vicky
vittorio: vito`

const polish = `
agata: agatka
agnieszka: aga agusia
aleksander: olek alek
aleksandra: ola olenka
alicja: ala
andrzej: andrzejek jedrek
anna: ania anka
antoni: antek antos
barbara: basia baska
bartlomiej: bartek
bartosz: bartek
bogdan: bodzio
boguslaw: bogus
boleslaw: bolek
czeslaw: czesiek
danuta: danka danusia
dariusz: darek
dominik: domino
dorota: dorotka
edward: edek
elzbieta: ela elka
eugeniusz: gienek
ewa: ewka ewunia
franciszek: franek
genowefa: gienia
grazyna: grazka
grzegorz: grzesiek grzes
halina: halinka hala
henryk: heniek
hanna: hania hanka
irena: irka
iwona: iwonka
jacek: jacus
jadwiga: jadzia
jakub: kuba
jan: janek jas
janusz: januszek
jaroslaw: jarek
jerzy: jurek
joanna: asia aska
jozef: jozek
julia: julka
justyna: justysia
karol: karolek
karolina: karolcia
katarzyna: kasia kaska
kazimierz: kazik kazek
krystyna: krysia
krzysztof: krzysiek krzys
lucja: lucynka
lukasz: lukaszek
maciej: maciek
magdalena: magda
malgorzata: gosia malgosia goska
marcin: marcinek
marek: mareczek
maria: marysia maryla
mariusz: mariuszek
mateusz: mati
michal: michas
mieczyslaw: mietek
mikolaj: miki
miroslaw: mirek
monika: monia
natalia: natka
pawel: pawelek
piotr: piotrek
przemyslaw: przemek
radoslaw: radek
rafal: rafalek
roman: romek
ryszard: rysiek
slawomir: slawek
stanislaw: staszek stas
stefan: stefek
sylwia: sylwka
szymon: szymek
tadeusz: tadek tadzio
teresa: tereska
tomasz: tomek
waldemar: waldek
wieslaw: wiesiek
wladyslaw: wladek
wlodzimierz: wlodek
wojciech: wojtek
zbigniew: zbyszek
zdzislaw: zdzisiek
zofia: zosia
zygmunt: zygmus`

const russianAndUkrainian = `
aleksandr: sasha sanya shura alex
alexandr: sasha sanya shura alex
aleksandra: sasha shura
aleksei: alyosha lyosha
alexei: alyosha lyosha
alexey: alyosha lyosha
alla: allochka
anastasia: nastya stasya asya
anastasiya: nastya stasya asya
anatoly: tolya
andrei: andryusha
andrey: andryusha
anna: anya nyura
anton: antosha
arkady: arkasha
boris: borya
daniil: danya
daria: dasha
darya: dasha
denis: deniska
dmitri: dima mitya
dmitry: dima mitya
dmytro: dima
ekaterina: katya katyusha
elena: lena alyona
elizaveta: liza
evgeni: zhenya
evgeny: zhenya
evgenia: zhenya
fyodor: fedya
galina: galya
gennady: gena
georgy: gosha zhora
grigory: grisha
igor: igoryok
ilya: ilyusha
irina: ira
ivan: vanya
kirill: kirya
konstantin: kostya
ksenia: ksyusha
larisa: lara
leonid: lyonya
lev: lyova
lidia: lida
ludmila: lyuda mila
lyudmila: lyuda mila
lyubov: lyuba
maksim: max maks
margarita: rita
maria: masha marusya
mariya: masha marusya
marina: marinka
maxim: max maks
mikhail: misha
mykhailo: misha
mykola: kolya
nadezhda: nadya
natalia: natasha nata
natalya: natasha nata
nikita: nik
nikolai: kolya
nikolay: kolya
oksana: ksana
oleg: olezhka
oleksandr: sasha
olga: olya
pavel: pasha
pyotr: petya
polina: polya
raisa: raya
roman: roma
semyon: syoma
sergei: seryozha
sergey: seryozha
sofia: sonya
sophia: sonya
stanislav: stas slava
stepan: styopa
svetlana: sveta
tamara: toma
tatiana: tanya
tatyana: tanya
timofei: tima
vadim: vadik
valentin: valya
valentina: valya
valery: valera
vasily: vasya
viktor: vitya
viktoria: vika
vitaly: vitalik
vladimir: vova volodya vlad
vladislav: vlad slava
volodymyr: vova volodya
vyacheslav: slava
yaroslav: yarik slava
yekaterina: katya katyusha
yelena: lena
yevgeny: zhenya
yulia: yulya
yuri: yura
yury: yura
zinaida: zina
zoya: zoyka`

/** Short form → the names it stands for. A short form may be a name of its own. */
export const namesByShortForm: ReadonlyMap<string, ReadonlySet<string>> = readTables([
  english,
  spanishAndPortuguese,
  germanAndDutch,
  french,
  italian,
  polish,
  russianAndUkrainian,
])

function readTables(tables: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const inverted = new Map<string, Set<string>>()
  for (const line of tables.join('\n').split('\n')) {
    const [name, forms] = line.split(': ')
    if (!name || !forms) continue
    for (const form of forms.split(' ')) {
      const names = inverted.get(form)
      if (names) names.add(name)
      else inverted.set(form, new Set([name]))
    }
  }
  return inverted
}

/** Given names with their customary short forms, folded. Compiled by hand for this project; one line per name. */
const shortForms: Readonly<Record<string, string>> = {
  // English
  abigail: 'abby abbie gail', abraham: 'abe bram', adam: 'ad', adelaide: 'addie heidi', agnes: 'aggie nessie',
  alan: 'al', albert: 'al bert bertie', alexander: 'alex al alec sandy xander sasha lex', alexandra: 'alex sandra lexi sasha sandy',
  alfred: 'al fred alf alfie freddy', alice: 'ali allie', alison: 'ali allie', allison: 'ali allie', amanda: 'mandy manda', amelia: 'amy millie mia',
  andrew: 'andy drew', angela: 'angie ange', ann: 'annie nan nancy', anna: 'annie ann', anne: 'annie nan', annabel: 'bella anna',
  anthony: 'tony ant', antonia: 'toni tonia', arthur: 'art artie', augustus: 'gus', barbara: 'barb babs barbie', bartholomew: 'bart',
  beatrice: 'bea trixie', benjamin: 'ben benny benji', bernard: 'bernie barney', bertram: 'bert', bradley: 'brad', bridget: 'biddy bridie',
  brandon: 'bran', calvin: 'cal', cameron: 'cam', carolyn: 'carol lynn carrie', caroline: 'carol carrie caro', cassandra: 'cass cassie sandra',
  catherine: 'cathy cath kate katie kitty cat kay', katherine: 'kathy kath kate katie kitty kat kay', kathryn: 'kathy kate katie',
  kathleen: 'kathy kath kate katie', cecilia: 'celia cissy', charles: 'charlie chuck chas chip', charlotte: 'charlie lottie lotte',
  chester: 'chet', christian: 'chris', christina: 'chris tina chrissy christy', christine: 'chris tina chrissy christy',
  christopher: 'chris kit topher', clarence: 'clare', clifford: 'cliff', constance: 'connie', cornelius: 'neil con', curtis: 'curt',
  cynthia: 'cindy', daniel: 'dan danny', danielle: 'dani', david: 'dave davy', deborah: 'deb debbie debby', debra: 'deb debbie',
  denise: 'dee', dennis: 'den denny', diana: 'di', dolores: 'lola', dominic: 'dom nick', donald: 'don donnie', dorothy: 'dot dottie dolly dodie',
  douglas: 'doug', duncan: 'dunc', edgar: 'ed', edmund: 'ed ned ted', edward: 'ed eddie ted ned teddy', edwin: 'ed win', eleanor: 'ellie nell nora lenore',
  elizabeth: 'liz lizzie beth betty betsy eliza bess libby lisa ellie elsie', ellen: 'ellie nell', emily: 'em emmy millie', emma: 'em emmy',
  ernest: 'ernie', eugene: 'gene', evelyn: 'evie eve', ezekiel: 'zeke', florence: 'flo flossie', frances: 'fran frannie frankie', francis: 'frank fran',
  franklin: 'frank', frederick: 'fred freddy rick', gabriel: 'gabe', gabrielle: 'gabby', genevieve: 'gen eve', geoffrey: 'geoff jeff', george: 'georgie',
  gerald: 'gerry jerry', geraldine: 'gerry', gertrude: 'trudy gert', gilbert: 'gil bert', grace: 'gracie', gregory: 'greg', gwendolyn: 'gwen',
  hannah: 'han', harold: 'hal harry', harriet: 'hattie', harrison: 'harry', helen: 'nell lena', henrietta: 'etta hettie', henry: 'hank harry hal',
  herbert: 'bert herb', hilary: 'hil', howard: 'howie', hubert: 'bert', hugh: 'hughie', ian: 'iain', ignatius: 'iggy', irene: 'rene', isaac: 'ike zac',
  isabel: 'izzy bella belle', isabella: 'izzy bella belle', isidore: 'izzy', jacob: 'jake jay', jacqueline: 'jackie', james: 'jim jimmy jamie jem',
  jane: 'janie jenny', janet: 'jan', janice: 'jan', jason: 'jay', jean: 'jeanie', jeffrey: 'jeff', jennifer: 'jen jenny jenn', jeremiah: 'jerry',
  jeremy: 'jem jerry', jerome: 'jerry', jessica: 'jess jessie', joan: 'joanie', joanna: 'jo', joanne: 'jo', john: 'johnny jack jon', jonathan: 'jon jonny nathan',
  joseph: 'joe joey', josephine: 'jo josie', joshua: 'josh', joyce: 'joy', judith: 'judy jude', julia: 'jules julie', julian: 'jules', juliet: 'jules',
  justin: 'jus', kenneth: 'ken kenny', kevin: 'kev', kimberly: 'kim', kristina: 'kris tina', kristopher: 'kris', laura: 'laurie lori', lauren: 'laurie ren',
  lawrence: 'larry laurie', leonard: 'len lenny leo', leonora: 'nora', leroy: 'roy', leslie: 'les', lewis: 'lew louie', lillian: 'lil lily', linda: 'lin lindy',
  louis: 'lou louie', louise: 'lou', lucille: 'lucy', lucy: 'lu', lydia: 'lyddie', madeline: 'maddie', magdalena: 'lena magda', malcolm: 'mal',
  margaret: 'maggie meg peg peggy marge margie greta daisy rita', maria: 'mia', marian: 'mary', marilyn: 'lynn', marjorie: 'marge margie', martha: 'marty mattie',
  martin: 'marty', mary: 'molly polly mamie', matilda: 'tilda tilly mattie', matthew: 'matt matty', maureen: 'mo', maurice: 'mo', maximilian: 'max', maxwell: 'max',
  melanie: 'mel', melissa: 'mel missy lissa', melvin: 'mel', michael: 'mike mick mickey micky mikey', michelle: 'shelly mich', mildred: 'millie', miranda: 'mandy randy',
  mitchell: 'mitch', montgomery: 'monty', morris: 'mo', nancy: 'nan', natalie: 'nat', nathan: 'nate nat', nathaniel: 'nate nat', nicholas: 'nick nicky nico',
  nicole: 'nicky nikki', norman: 'norm', oliver: 'ollie', olivia: 'liv livvy', oscar: 'ozzie', pamela: 'pam', patricia: 'pat patty trish tricia patsy',
  patrick: 'pat paddy', paula: 'polly', pauline: 'polly', penelope: 'penny', peter: 'pete', philip: 'phil pip', phillip: 'phil', phyllis: 'phyl', priscilla: 'cilla',
  prudence: 'prue', rachel: 'rach shelly', raymond: 'ray', rebecca: 'becky becca', reginald: 'reg reggie', richard: 'rick ricky dick rich richie', robert: 'rob bob bobby robbie bert',
  roberta: 'bobbie', roderick: 'rod rick', rodney: 'rod', roger: 'rodge', roland: 'rollie', ronald: 'ron ronnie', rosalind: 'roz', rosemary: 'rose rosie', rudolph: 'rudy',
  russell: 'russ', ruth: 'ruthie', sabrina: 'brina', salvatore: 'sal', samantha: 'sam sammy', samuel: 'sam sammy', sandra: 'sandy', sarah: 'sally sadie', sara: 'sally',
  sebastian: 'seb bastian', sharon: 'shari', shirley: 'shirl', sidney: 'sid', simon: 'si', solomon: 'sol', sophia: 'sophie', stanley: 'stan', stephanie: 'steph',
  stephen: 'steve stevie', steven: 'steve stevie', stuart: 'stu', stewart: 'stew', susan: 'sue susie suzy', susannah: 'sue anna', suzanne: 'sue suzy', sylvester: 'sly',
  sylvia: 'sylvie', tabitha: 'tabby', tamara: 'tammy', terence: 'terry', teresa: 'terry tess tessa', theresa: 'terry tess tessa', theodore: 'ted teddy theo', thomas: 'tom tommy',
  timothy: 'tim timmy', tobias: 'toby', tracy: 'trace', ursula: 'ulla', valerie: 'val', vanessa: 'nessa', veronica: 'ronnie vera', victor: 'vic', victoria: 'vicky tori',
  vincent: 'vince vinny', virginia: 'ginny', vivian: 'viv', wallace: 'wally', walter: 'walt wally', wendy: 'wen', wilfred: 'wilf fred', william: 'will bill billy willy liam',
  winifred: 'winnie fred', winston: 'win', zachary: 'zach zack', zechariah: 'zach',
  // Spanish, Portuguese
  alejandro: 'alex ale jandro', antonio: 'tono tonio toni', beatriz: 'bea', carlos: 'carlitos', carmen: 'carmina', concepcion: 'concha conchita', consuelo: 'chelo',
  eduardo: 'edu lalo', enrique: 'quique', ernesto: 'neto', fernando: 'nando', francisco: 'paco pancho curro chico', gregorio: 'goyo', guadalupe: 'lupe lupita', guillermo: 'memo guille',
  ignacio: 'nacho', isabela: 'isa', jesus: 'chuy chucho', joaquim: 'quim', jorge: 'coque', jose: 'pepe', josefa: 'pepa', luis: 'lucho', manuel: 'manolo manu', maria_jose: 'majo',
  mercedes: 'merche', miguel: 'migue', pilar: 'pili', rafael: 'rafa', ricardo: 'rica', roberto: 'beto', rosario: 'charo', santiago: 'santi', vicente: 'chente', joao: 'joca',
  // German, Dutch
  andreas: 'andi', anneliese: 'anne liese', christoph: 'chris stoffel', dietrich: 'dieter', friedrich: 'fritz', georg: 'schorsch jorg', gerhard: 'gerd', gottfried: 'friedl',
  heinrich: 'heinz heini', hubertus: 'hubert', jakob: 'jockel', johannes: 'hans hannes jan johann', joachim: 'jochen achim', josef: 'sepp jupp', jurgen: 'jorg', karoline: 'line',
  katharina: 'kathi katja', konrad: 'kurt conny', ludwig: 'lutz', margarete: 'grete gretchen gretel', maximiliane: 'maxi', michaela: 'michi', sebastien: 'bastien', siegfried: 'sigi',
  stefan: 'steffen', susanne: 'susi', theodor: 'theo', ulrich: 'uli', ulrike: 'uli ulla', waltraud: 'traudl', wilhelm: 'willi helmut', wolfgang: 'wolf', cornelis: 'kees', hendrik: 'henk',
  // French, Italian
  alessandro: 'ale sandro', alexandre: 'alex', antoine: 'toine', benedicte: 'bene', francesca: 'franca cesca', francesco: 'checco franco', frederic: 'fred', giovanni: 'gianni vanni nino',
  giuseppe: 'beppe peppe pino', giuseppina: 'pina', jean_pierre: 'jp', leonardo: 'leo nardo', lorenzo: 'renzo', luigi: 'gigi', michele: 'lino', salvatrice: 'sally', stephane: 'steph',
  therese: 'tete', vincenzo: 'enzo', philippe: 'phil', nicolas: 'nico',
  // Polish, Russian
  aleksandra: 'ola sasha', aleksander: 'olek sasha', anastasia: 'nastya stasia', barbora: 'bara', dmitri: 'dima mitya', ekaterina: 'katya', elena: 'lena', iwona: 'iwonka',
  jan: 'janek jas', jerzy: 'jurek', katarzyna: 'kasia', krzysztof: 'krzys', magdalene: 'magda', malgorzata: 'gosia malgosia', mikhail: 'misha', nikolai: 'kolya', olga: 'olya',
  piotr: 'piotrek', sergei: 'seryozha', stanislaw: 'staszek stas', svetlana: 'sveta', tatiana: 'tanya', tomasz: 'tomek', vladimir: 'vova volodya', yekaterina: 'katya', yuri: 'yura',
  zofia: 'zosia',
}

/** Short form → the names it stands for. A short form may be a name of its own. */
export const formalNamesByShortForm: ReadonlyMap<string, ReadonlySet<string>> = invert(shortForms)

function invert(table: Readonly<Record<string, string>>): ReadonlyMap<string, ReadonlySet<string>> {
  const inverted = new Map<string, Set<string>>()
  for (const [name, forms] of Object.entries(table)) {
    for (const form of forms.split(' ')) {
      const names = inverted.get(form)
      if (names) names.add(name)
      else inverted.set(form, new Set([name]))
    }
  }
  return inverted
}

/** English short and pet forms of given names, by the full name; a form may belong to several names. */
const FORMS = `abraham:abe,bram|adelaide:addie,ada,heidi|agnes:nessie,aggie|albert:al,bert,bertie|alexander:alex,al,sandy,alec,lex,xander,sasha|alexandra:alex,sandra,sandy,lexi,sasha
alfred:alf,fred,alfie,freddie|alice:ali,allie|amelia:amy,millie,mellie|andrew:andy,drew|angela:angie|anne:ann,anna,annie,nan,nancy,hannah,nina|anthony:tony,antony|archibald:archie,baldie
arthur:art,artie|augustus:gus,august|barbara:barb,babs,barbie,bab|bartholomew:bart|beatrice:bea,trixie,beattie|benjamin:ben,benny,benji|bernard:bernie|bradley:brad|bridget:biddy,bridie,bridgette
caroline:carrie,carol,caro,lina|catherine:kate,katie,kitty,cathy,kathy,cath,katherine,kathryn,kathleen,catharine,cat,kit,kay|cecilia:cissy,celia,cis|charles:charlie,chas,chuck,charley,carl|charlotte:lottie,charlie,lotte
christina:chris,tina,christine,chrissie|christopher:chris,kit,topher|clement:clem|constance:connie|cornelius:neil,con|cuthbert:bert,cuddy|cynthia:cindy|daniel:dan,danny|david:dave,davy,davey,davie
deborah:debbie,deb,debra|dennis:den,denny|dominic:dom|donald:don,donny|dorothy:dot,dolly,dottie,dora,dorothea|douglas:doug|ebenezer:eben,ben|edith:edie|edmund:ed,ned,ted,eddie|edward:ed,ned,ted,eddie,teddy,eddy
edwin:ed,eddie|eleanor:nell,nora,ellie,nellie,ella,lenora,elinor,ellen,helen|elizabeth:eliza,liz,lizzie,betty,beth,bess,bessie,betsy,elsie,elspeth,lisa,libby,elisabeth,eliza,lily,ellie|emily:em,emmie,millie,emma
emma:em,emmy|ernest:ernie,ern|esther:hester,essie,hetty|eugene:gene|evelyn:evie,eve|ezekiel:zeke|florence:flo,flossie,florrie|frances:fanny,fran,francie,frankie|francis:frank,fran,frankie|franklin:frank
frederick:fred,freddie,freddy,fritz,frederic|gabriel:gabe|geoffrey:geoff,jeff,jeffrey|george:geo,georgie,geordie|georgina:georgie,georgiana,gina|gerald:gerry,jerry|gertrude:trudy,gertie,trudie|gilbert:gil,bert
gregory:greg|hannah:nan,anna|harold:harry,hal|harriet:hattie,harrie,hatty|helen:nell,nellie,ellen,helena,lena|henrietta:etta,hetty,harriet,hettie|henry:harry,hal,hank,harri|herbert:bert,herb,bertie|hezekiah:hez
horace:horry,horatio|hubert:bert,hugh|hugh:hughie,huey,hugo|humphrey:humph|isaac:ike,zac|isabella:bella,belle,isabel,izzy,isobel,isabelle,tibby|jacob:jake,jack|jacqueline:jackie,jacqui|james:jim,jimmy,jamie,jem,jas
jane:jenny,janet,janie,jean,jennie,joan|jasper:jas|jemima:mima|jennifer:jen,jenny,jenn|jeremiah:jerry,jem,jeremy|jessica:jess,jessie|joanna:jo,joan,joanne|john:jack,johnny,jon,jock,jno,johnnie,ian,jonny|jonathan:jon,jonny,nathan
joseph:joe,joey,jos|josephine:jo,josie|joshua:josh|judith:judy|julia:julie,juliet,jules|kenneth:ken,kenny|kimberly:kim|laura:laurie,lolly|lawrence:larry,laurie,lawrie,laurence|leonard:len,lenny,leo|lewis:lew,louis,lou
lillian:lily,lil|louisa:lou,louise,lulu|lucy:lu,lucille,lucia|margaret:maggie,meg,peggy,madge,daisy,margery,greta,rita,marge,peg,mag,maisie,marjorie|maria:mamie,mary,marie|martha:patty,mattie,marty|martin:marty|mary:polly,molly,may,mamie,maria,marie,minnie,mae
matilda:tilly,maud,mattie|matthew:matt,mat|maurice:morris,mo|maximilian:max|melissa:mel|michael:mike,mick,micky,mickey,mikey|mildred:millie|montague:monty|nathaniel:nat,nathan,nate|nicholas:nick,nicky,nico,colin,nicolas|oliver:ollie,noll
pamela:pam|patricia:pat,patty,trish,tricia,paddy|patrick:pat,paddy,patsy|penelope:penny,pen|percival:percy|percy:perce|peter:pete,pet|philip:phil,pip,phillip|philippa:pip,pippa|priscilla:cilla,prissy|rachel:rae,shelly|ralph:rafe,raph
raymond:ray|rebecca:becky,becca,beck|reginald:reg,reggie,rex|richard:dick,rick,rich,ricky,dickie,richie|robert:bob,rob,bobby,robbie,bert,rab,robin,dob|roderick:rod,roddy|rodney:rod|roger:rodge,hodge|roland:rolly,rollo,rowland|ronald:ron,ronnie
rosamund:rose,ros|rosemary:rose,rosie|rupert:rup|samantha:sam|samuel:sam,sammy|sarah:sally,sadie,sal,sara|sebastian:seb|sidney:sid,sydney|silas:si|simon:sim,simeon|solomon:sol|stanley:stan|stephen:steve,steven,stevie,steph|stewart:stu,stuart
susannah:sue,susan,susie,suzie,susanna,sukey,suzanne|sylvester:syl,vester|terence:terry|thaddeus:thad|theodora:dora,theo|theodore:theo,ted,teddy|theresa:tess,tessa,terry,teresa|thomas:tom,tommy,thos,tam|timothy:tim,timmy
tobias:toby|ursula:ursa|valentine:val|valerie:val|veronica:ronnie,vera|victor:vic|victoria:vicky,vic,tori|vincent:vin,vince,vinnie|violet:vi|virginia:ginny|walter:walt,wat,wally|wilfred:wilf,fred|wilhelmina:mina,minnie,willa
william:will,bill,billy,willie,willy,liam,wm,wills|winifred:winnie,win,freda|winston:win|zachary:zach,zack|zechariah:zach`

const NAMES = new Map<string, Set<string>>()
for (const entry of FORMS.split(/[|\n]/)) {
  const [full = '', forms = ''] = entry.split(':')
  for (const form of [full, ...forms.split(',')]) NAMES.set(form, (NAMES.get(form) ?? new Set()).add(full))
}

/** Whether two given names are forms of one name: Bill and William, or Bill and Will. Both are folded. */
export function isNickname(a: string, b: string): boolean {
  const names = NAMES.get(a)
  const others = NAMES.get(b)
  return names !== undefined && others !== undefined && [...names].some((name) => others.has(name))
}

/** One name for all forms of it, as a key; the name itself when it is none's form. */
export function rootName(name: string): string {
  const [first] = NAMES.get(name) ?? []
  return first ?? name
}

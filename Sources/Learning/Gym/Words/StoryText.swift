// Written by Tests/Conformance/reasoning_gym_words.py; do not edit.

/// "In the Year 2889", the text of which several tasks take words and sentences: a bar
/// stands for each line end.
let storyText: StaticString = """
    The Project Gutenberg eBook of In the year 2889||This ebook is for the use of anyone anywhere i
    n the United States and|most other parts of the world at no cost and with almost no restrictions
    |whatsoever. You may copy it, give it away or re-use it under the terms|of the Project Gutenber
    g License included with this ebook or online|at www.gutenberg.org. If you are not located in th
    e United States,|you will have to check the laws of the country where you are located|before usi
    ng this eBook.||Title: In the year 2889||Author: Michel Verne|        Jules Verne||Release date
    : September 23, 2006 [eBook #19362]|                Most recently updated: January 1, 2021||Lang
    uage: English||Credits: Produced by Norm Wolcott|||*** START OF THE PROJECT GUTENBERG EBOOK IN T
    HE YEAR 2889 ***|||||Produced by Norm Wolcott|||||||IN THE YEAR 2889||By Jules Verne and Miche
    l Verne||||[Redactor's note: _In the Year 2889_ was first published in the|_Forum_, February, 18
    89; p. 662. It was published in France the next|year. Although published under the name of Jule
    s Verne, it is now|believed to be chiefly if not entirely the work of Jules' son, Michel|Verne
    . In any event, many of the topics in the article echo Verne's|ideas.]||||IN THE YEAR 2889.||Lit
    tle though they seem to think of it, the people of this twenty-ninth|century live continually i
    n fairyland. Surfeited as they are with|marvels, they are indifferent in presence of each new ma
    rvel. To them|all seems natural. Could they but duly appreciate the refinements of|civilizatio
    n in our day; could they but compare the present with the|past, and so better comprehend the adv
    ance we have made! How much fairer|they would find our modern towns, with populations amountin
    g sometimes|to 10,000,000 souls; their streets 300 feet wide, their houses 1000 feet|in height
    ; with a temperature the same in all seasons; with their lines|of aërial locomotion crossing th
    e sky in every direction! If they would|but picture to themselves the state of things that onc
    e existed, when|through muddy streets rumbling boxes on wheels, drawn by horses--yes, by|horses!
    --were the only means of conveyance. Think of the railroads of|the olden time, and you will be a
    ble to appreciate the pneumatic tubes|through which to-day one travels at the rate of 1000 mile
    s an hour.|Would not our contemporaries prize the telephone and the telephote more|highly if the
    y had not forgotten the telegraph?||Singularly enough, all these transformations rest upon princ
    iples which|were perfectly familiar to our remote ancestors, but which they|disregarded. Heat, f
    or instance, is as ancient as man himself;|electricity was known 3000 years ago, and steam 110
    0 years ago. Nay, so|early as ten centuries ago it was known that the differences between the|se
    veral chemical and physical forces depend on the mode of vibration of|the etheric particles, whi
    ch is for each specifically different. When at|last the kinship of all these forces was discover
    ed, it is simply|astounding that 500 years should still have to elapse before men could|analyz
    e and describe the several modes of vibration that constitute|these differences. Above all, it i
    s singular that the mode of|reproducing these forces directly from one another, and of reproduci
    ng|one without the others, should have remained undiscovered till less than|a hundred years ago
    . Nevertheless, such was the course of events, for it|was not till the year 2792 that the famou
    s Oswald Nier made this great|discovery.||Truly was he a great benefactor of the human race. Hi
    s admirable|discovery led to many another. Hence is sprung a pleiad of inventors,|its brightes
    t star being our great Joseph Jackson. To Jackson we are|indebted for those wonderful instrument
    s the new accumulators. Some of|these absorb and condense the living force contained in the sun'
    s rays;|others, the electricity stored in our globe; others again, the energy|coming from whatev
    er source, as a waterfall, a stream, the winds, etc.|He, too, it was that invented the transform
    er, a more wonderful|contrivance still, which takes the living force from the accumulator,|and
    , on the simple pressure of a button, gives it back to space in|whatever form may be desired, wh
    ether as heat, light, electricity, or|mechanical force, after having first obtained from it th
    e work required.|From the day when these two instruments were contrived is to be dated|the era o
    f true progress. They have put into the hands of man a power|that is almost infinite. As for the
    ir applications, they are numberless.|Mitigating the rigors of winter, by giving back to the atm
    osphere the|surplus heat stored up during the summer, they have revolutionized|agriculture. By s
    upplying motive power for aërial navigation, they have|given to commerce a mighty impetus. To th
    em we are indebted for the|continuous production of electricity without batteries or dynamos, of
    |light without combustion or incandescence, and for an unfailing supply|of mechanical energy fo
    r all the needs of industry.||Yes, all these wonders have been wrought by the accumulator and th
    e|transformer. And can we not to them also trace, indirectly, this latest|wonder of all, the gre
    at "Earth Chronicle" building in 253d Avenue,|which was dedicated the other day? If George Washi
    ngton Smith, the|founder of the Manhattan "Chronicle," should come back to life to-day,|what wou
    ld he think were he to be told that this palace of marble and|gold belongs to his remote descend
    ant, Fritz Napoleon Smith, who, after|thirty generations have come and gone, is owner of the sam
    e newspaper|which his ancestor established!||For George Washington Smith's newspaper has lived g
    eneration after|generation, now passing out of the family, anon coming back to it. When,|200 yea
    rs ago, the political center of the United States was transferred|from Washington to Centropolis
    , the newspaper followed the government|and assumed the name of Earth Chronicle. Unfortunately
    , it was unable to|maintain itself at the high level of its name. Pressed on all sides by|riva
    l journals of a more modern type, it was continually in danger of|collapse. Twenty years ago it
    s subscription list contained but a few|hundred thousand names, and then Mr. Fritz Napoleon Smit
    h bought it for|a mere trifle, and originated telephonic journalism.||Every one is familiar wit
    h Fritz Napoleon Smith's system--a system made|possible by the enormous development of telephon
    y during the last|hundred years. Instead of being printed, the Earth Chronicle is every|mornin
    g spoken to subscribers, who, in interesting conversations with|reporters, statesmen, and scient
    ists, learn the news of the day.|Furthermore, each subscriber owns a phonograph, and to this ins
    trument|he leaves the task of gathering the news whenever he happens not to be|in a mood to list
    en directly himself. As for purchasers of single|copies, they can at a very trifling cost lear
    n all that is in the paper|of the day at any of the innumerable phonographs set up nearly|everyw
    here.||Fritz Napoleon Smith's innovation galvanized the old newspaper. In the|course of a few ye
    ars the number of subscribers grew to be 85,000,000,|and Smith's wealth went on growing, till no
    w it reaches the almost|unimaginable figure of $10,000,000,000. This lucky hit has enabled him|t
    o erect his new building, a vast edifice with four _façades_, each 3,250|feet in length, over wh
    ich proudly floats the hundred-starred flag of|the Union. Thanks to the same lucky hit, he is to
    -day king of|newspaperdom; indeed, he would be king of all the Americans, too, if|Americans coul
    d ever accept a king. You do not believe it? Well, then,|look at the plenipotentiaries of all na
    tions and our own ministers|themselves crowding about his door, entreating his counsels, beggin
    g for|his approbation, imploring the aid of his all-powerful organ. Reckon up|the number of scie
    ntists and artists that he supports, of inventors that|he has under his pay.||Yes, a king is he
    . And in truth his is a royalty full of burdens. His|labors are incessant, and there is no doub
    t at all that in earlier times|any man would have succumbed under the overpowering stress of th
    e toil|which Mr. Smith has to perform. Very fortunately for him, thanks to the|progress of hygie
    ne, which, abating all the old sources of|unhealthfulness, has lifted the mean of human life fro
    m 37 up to 52|years, men have stronger constitutions now than heretofore. The|discovery of nutri
    tive air is still in the future, but in the meantime|men today consume food that is compounded a
    nd prepared according to|scientific principles, and they breathe an atmosphere freed from the|mi
    cro-organisms that formerly used to swarm in it; hence they live|longer than their forefathers a
    nd know nothing of the innumerable|diseases of olden times.||Nevertheless, and notwithstanding t
    hese considerations, Fritz Napoleon|Smith's mode of life may well astonish one. His iron constit
    ution is|taxed to the utmost by the heavy strain that is put upon it. Vain the|attempt to estima
    te the amount of labor he undergoes; an example alone|can give an idea of it. Let us then go abo
    ut with him for one day as he|attends to his multifarious concernments. What day? That matters l
    ittle;|it is the same every day. Let us then take at random September 25th of|this present yea
    r 2889.||This morning Mr. Fritz Napoleon Smith awoke in very bad humor. His wife|having left fo
    r France eight days ago, he was feeling disconsolate.|Incredible though it seems, in all the te
    n years since their marriage,|this is the first time that Mrs. Edith Smith, the professional bea
    uty,|has been so long absent from home; two or three days usually suffice for|her frequent trip
    s to Europe. The first thing that Mr. Smith does is to|connect his phonotelephote, the wires o
    f which communicate with his|Paris mansion. The telephote! Here is another of the great triumph
    s of|science in our time. The transmission of speech is an old story; the|transmission of image
    s by means of sensitive mirrors connected by wires|is a thing but of yesterday. A valuable inven
    tion indeed, and Mr. Smith|this morning was not niggard of blessings for the inventor, when by i
    ts|aid he was able distinctly to see his wife notwithstanding the distance|that separated him fr
    om her. Mrs. Smith, weary after the ball or the|visit to the theater the preceding night, is sti
    ll abed, though it is|near noontide at Paris. She is asleep, her head sunk in the lace-covered|p
    illows. What? She stirs? Her lips move. She is dreaming perhaps? Yes,|dreaming. She is talking
    , pronouncing a name--his name--Fritz! The|delightful vision gave a happier turn to Mr. Smith'
    s thoughts. And now,|at the call of imperative duty, light-hearted he springs from his bed|and e
    nters his mechanical dresser.||Two minutes later the machine deposited him all dressed at the th
    reshold|of his office. The round of journalistic work was now begun. First he|enters the hall o
    f the novel-writers, a vast apartment crowned with an|enormous transparent cupola. In one corne
    r is a telephone, through which|a hundred Earth Chronicle _littérateurs_ in turn recount to th
    e public|in daily installments a hundred novels. Addressing one of these authors|who was waitin
    g his turn, "Capital! Capital! my dear fellow," said he,|"your last story. The scene where the v
    illage maid discusses interesting|philosophical problems with her lover shows your very acute po
    wer of|observation. Never have the ways of country folk been better portrayed.|Keep on, my dea
    r Archibald, keep on! Since yesterday, thanks to you,|there is a gain of 5000 subscribers."||"Mr
    . John Last," he began again, turning to a new arrival, "I am not so|well pleased with your work
    . Your story is not a picture of life; it|lacks the elements of truth. And why? Simply because y
    ou run straight on|to the end; because you do not analyze. Your heroes do this thing or|that fro
    m this or that motive, which you assign without ever a thought|of dissecting their mental and mo
    ral natures. Our feelings, you must|remember, are far more complex than all that. In real life e
    very act is|the resultant of a hundred thoughts that come and go, and these you must|study, eac
    h by itself, if you would create a living character. 'But,'|you will say, 'in order to note thes
    e fleeting thoughts one must know|them, must be able to follow them in their capricious meanderi
    ngs.' Why,|any child can do that, as you know. You have simply to make use of|hypnotism, electri
    cal or human, which gives one a two-fold being,|setting free the witness-personality so that i
    t may see, understand, and|remember the reasons which determine the personality that acts. Just|
    study yourself as you live from day to day, my dear Last. Imitate your|associate whom I was comp
    limenting a moment ago. Let yourself be|hypnotized. What's that? You have tried it already? No
    t sufficiently,|then, not sufficiently!"||Mr. Smith continues his round and enters the reporters
    ' hall. Here 1500|reporters, in their respective places, facing an equal number of|telephones, a
    re communicating to the subscribers the news of the world|as gathered during the night. The orga
    nization of this matchless service|has often been described. Besides his telephone, each reporte
    r, as the|reader is aware, has in front of him a set of commutators, which enable|him to communi
    cate with any desired telephotic line. Thus the|subscribers not only hear the news but see the o
    ccurrences. When an|incident is described that is already past, photographs of its main|feature
    s are transmitted with the narrative. And there is no confusion|withal. The reporters' items, ju
    st like the different stories and all|the other component parts of the journal, are classified a
    utomatically|according to an ingenious system, and reach the hearer in due|succession. Furthermo
    re, the hearers are free to listen only to what|specially concerns them. They may at pleasure gi
    ve attention to one|editor and refuse it to another.||Mr. Smith next addresses one of the ten re
    porters in the astronomical|department--a department still in the embryonic stage, but which wil
    l|yet play an important part in journalism.||"Well, Cash, what's the news?"||"We have phototeleg
    rams from Mercury, Venus, and Mars."||"Are those from Mars of any interest?"||"Yes, indeed. Ther
    e is a revolution in the Central Empire."||"And what of Jupiter?" asked Mr. Smith.||"Nothing a
    s yet. We cannot quite understand their signals. Perhaps ours|do not reach them."||"That's bad,
    " exclaimed Mr. Smith, as he hurried away, not in the best|of humor, toward the hall of the scie
    ntific editors. With their heads bent down over their electric computers, thirty|scientific me
    n were absorbed in transcendental calculations. The coming|of Mr. Smith was like the falling o
    f a bomb among them.||"Well, gentlemen, what is this I hear? No answer from Jupiter? Is it|alway
    s to be thus? Come, Cooley, you have been at work now twenty years|on this problem, and yet--"||
    "True enough," replied the man addressed. "Our science of optics is|still very defective, and th
    rough our mile-and-three-quarter telescopes--"||"Listen to that, Peer," broke in Mr. Smith, turn
    ing to a second|scientist. "Optical science defective! Optical science is your|specialty. But,
    " he continued, again addressing William Cooley, "failing|with Jupiter, are we getting any resul
    ts from the moon?"||"The case is no better there."||"This time you do not lay the blame on the s
    cience of optics. The moon|is immeasurably less distant than Mars, yet with Mars our communicati
    on|is fully established. I presume you will not say that you lack|telescopes?"||"Telescopes? O n
    o, the trouble here is about--inhabitants!"||"That's it," added Peer.||"So, then, the moon is po
    sitively uninhabited?" asked Mr. Smith.||"At least," answered Cooley, "on the face which she pre
    sents to us. As|for the opposite side, who knows?"||"Ah, the opposite side! You think, then," re
    marked Mr. Smith, musingly,|"that if one could but--"||"Could what?"||"Why, turn the moon about-
    face."||"Ah, there's something in that," cried the two men at once. And indeed,|so confident wa
    s their air, they seemed to have no doubt as to the|possibility of success in such an undertakin
    g.||"Meanwhile," asked Mr. Smith, after a moment's silence, "have you no|news of interest to-day
    ?"||"Indeed we have," answered Cooley. "The elements of Olympus are|definitively settled. That g
    reat planet gravitates beyond Neptune at the|mean distance of 11,400,799,642 miles from the sun
    , and to traverse its|vast orbit takes 1311 years, 294 days, 12 hours, 43 minutes, 9 seconds."||
    "Why didn't you tell me that sooner?" cried Mr. Smith. "Now inform the|reporters of this straigh
    tway. You know how eager is the curiosity of|the public with regard to these astronomical questi
    ons. That news must|go into to-day's issue."||Then, the two men bowing to him, Mr. Smith passe
    d into the next hall, an|enormous gallery upward of 3200 feet in length, devoted to atmospheric|
    advertising. Every one has noticed those enormous advertisements|reflected from the clouds, so l
    arge that they may be seen by the|populations of whole cities or even of entire countries. This
    , too, is|one of Mr. Fritz Napoleon Smith's ideas, and in the Earth Chronicle|building a thousan
    d projectors are constantly engaged in displaying upon|the clouds these mammoth advertisements.|
    |When Mr. Smith to-day entered the sky-advertising department, he found|the operators sitting wi
    th folded arms at their motionless projectors,|and inquired as to the cause of their inaction. I
    n response, the man|addressed simply pointed to the sky, which was of a pure blue. "Yes,"|mutter
    ed Mr. Smith, "a cloudless sky! That's too bad, but what's to be|done? Shall we produce rain? Th
    at we might do, but is it of any use?|What we need is clouds, not rain. Go," said he, addressin
    g the head|engineer, "go see Mr. Samuel Mark, of the meteorological division of the|scientific d
    epartment, and tell him for me to go to work in earnest on|the question of artificial clouds. I
    t will never do for us to be always|thus at the mercy of cloudless skies!"||Mr. Smith's daily to
    ur through the several departments of his newspaper|is now finished. Next, from the advertisemen
    t hall he passes to the|reception chamber, where the ambassadors accredited to the American|gove
    rnment are awaiting him, desirous of having a word of counsel or|advice from the all-powerful ed
    itor. A discussion was going on when he|entered. "Your Excellency will pardon me," the French Am
    bassador was|saying to the Russian, "but I see nothing in the map of Europe that|requires change
    . 'The North for the Slavs?' Why, yes, of course; but the|South for the Latins. Our common front
    ier, the Rhine, it seems to me,|serves very well. Besides, my government, as you must know, wil
    l firmly|oppose every movement, not only against Paris, our capital, or our two|great prefecture
    s, Rome and Madrid, but also against the kingdom of|Jerusalem, the dominion of Saint Peter, of w
    hich France means to be the|trusty defender."||"Well said!" exclaimed Mr. Smith. "How is it," h
    e asked, turning to the|Russian ambassador, "that you Russians are not content with your vast|em
    pire, the most extensive in the world, stretching from the banks of|the Rhine to the Celestial M
    ountains and the Kara-Korum, whose shores|are washed by the Frozen Ocean, the Atlantic, the Medi
    terranean, and the|Indian Ocean? Then, what is the use of threats? Is war possible in view|of mo
    dern inventions--asphyxiating shells capable of being projected a|distance of 60 miles, an elect
    ric spark of 90 miles, that can at one|stroke annihilate a battalion; to say nothing of the plag
    ue, the|cholera, the yellow fever, that the belligerents might spread among|their antagonists mu
    tually, and which would in a few days destroy the|greatest armies?"||"True," answered the Russia
    n; "but can we do all that we wish? As for us|Russians, pressed on our eastern frontier by the C
    hinese, we must at any|cost put forth our strength for an effort toward the west."||"O, is tha
    t all? In that case," said Mr. Smith, "the thing can be|arranged. I will speak to the Secretar
    y of State about it. The attention|of the Chinese government shall be called to the matter. Thi
    s is not the|first time that the Chinese have bothered us."||"Under these conditions, of course-
    -" And the Russian ambassador|declared himself satisfied.||"Ah, Sir John, what can I do for you?
    " asked Mr. Smith as he turned to|the representative of the people of Great Britain, who till no
    w had|remained silent.||"A great deal," was the reply. "If the Earth Chronicle would but open a|
    campaign on our behalf--"||"And for what object?"||"Simply for the annulment of the Act of Congr
    ess annexing to the United|States the British islands."||Though, by a just turn-about of thing
    s here below, Great Britain has|become a colony of the United States, the English are not yet re
    conciled|to the situation. At regular intervals they are ever addressing to the|American governm
    ent vain complaints.||"A campaign against the annexation that has been an accomplished fact|fo
    r 150 years!" exclaimed Mr. Smith. "How can your people suppose that|I would do anything so unpa
    triotic?"||"We at home think that your people must now be sated. The Monroe|doctrine is fully ap
    plied; the whole of America belongs to the|Americans. What more do you want? Besides, we will pa
    y for what we ask."||"Indeed!" answered Mr. Smith, without manifesting the slightest|irritation
    . "Well, you English will ever be the same. No, no, Sir John,|do not count on me for help. Giv
    e up our fairest province, Britain? Why|not ask France generously to renounce possession of Afri
    ca, that|magnificent colony the complete conquest of which cost her the labor of|800 years? Yo
    u will be well received!"||"You decline! All is over then!" murmured the British agent sadly. "T
    he|United Kingdom falls to the share of the Americans; the Indies to that|of--"||"The Russians,
    " said Mr. Smith, completing the sentence.||"Australia--"||"Has an independent government."||"Th
    en nothing at all remains for us!" sighed Sir John, downcast.||"Nothing?" asked Mr. Smith, laugh
    ing. "Well, now, there's Gibraltar!"||With this sally the audience ended. The clock was strikin
    g twelve, the|hour of breakfast. Mr. Smith returns to his chamber. Where the bed stood|in the mo
    rning a table all spread comes up through the floor. For Mr.|Smith, being above all a practica
    l man, has reduced the problem of|existence to its simplest terms. For him, instead of the endle
    ss suites|of apartments of the olden time, one room fitted with ingenious|mechanical contrivance
    s is enough. Here he sleeps, takes his meals, in|short, lives.||He seats himself. In the mirro
    r of the phonotelephote is seen the same|chamber at Paris which appeared in it this morning. A t
    able furnished|forth is likewise in readiness here, for notwithstanding the difference|of hours
    , Mr. Smith and his wife have arranged to take their meals|simultaneously. It is delightful thu
    s to take breakfast _tête-à-tête_|with one who is 3000 miles or so away. Just now, Mrs. Smith'
    s chamber|has no occupant.||"She is late! Woman's punctuality! Progress everywhere except there!
    "|muttered Mr. Smith as he turned the tap for the first dish. For like all|wealthy folk in our d
    ay, Mr. Smith has done away with the domestic|kitchen and is a subscriber to the Grand Alimentat
    ion Company, which|sends through a great network of tubes to subscribers' residences all|sorts o
    f dishes, as a varied assortment is always in readiness. A|subscription costs money, to be sure
    , but the _cuisine_ is of the best,|and the system has this advantage, that it does away with th
    e pestering|race of the _cordons-bleus_. Mr. Smith received and ate, all alone, the|_hors-d'oeuv
    re_, _entrées_, _rôti_, and _legumes_ that constituted the|repast. He was just finishing the des
    sert when Mrs. Smith appeared in|the mirror of the telephote.||"Why, where have you been?" aske
    d Mr. Smith through the telephone.||"What! You are already at the dessert? Then I am late," sh
    e exclaimed,|with a winsome _naïveté_. "Where have I been, you ask? Why, at my|dress-maker's. Th
    e hats are just lovely this season! I suppose I forgot|to note the time, and so am a little late
    ."||"Yes, a little," growled Mr. Smith; "so little that I have already|quite finished breakfast
    . Excuse me if I leave you now, but I must be|going."||"O certainly, my dear; good-by till eveni
    ng."||Smith stepped into his air-coach, which was in waiting for him at a|window. "Where do yo
    u wish to go, sir?" inquired the coachman.||"Let me see; I have three hours," Mr. Smith mused. "
    Jack, take me to my|accumulator works at Niagara."||For Mr. Smith has obtained a lease of the gr
    eat falls of Niagara. For|ages the energy developed by the falls went unutilized. Smith, applyin
    g|Jackson's invention, now collects this energy, and lets or sells it. His|visit to the works to
    ok more time than he had anticipated. It was four|o'clock when he returned home, just in time fo
    r the daily audience which|he grants to callers.||One readily understands how a man situated a
    s Smith is must be beset|with requests of all kinds. Now it is an inventor needing capital; agai
    n|it is some visionary who comes to advocate a brilliant scheme which must|surely yield million
    s of profit. A choice has to be made between these|projects, rejecting the worthless, examinin
    g the questionable ones,|accepting the meritorious. To this work Mr. Smith devotes every day two
    |full hours.||The callers were fewer to-day than usual--only twelve of them. Of these,|eight ha
    d only impracticable schemes to propose. In fact, one of them|wanted to revive painting, an ar
    t fallen into desuetude owing to the|progress made in color-photography. Another, a physician, b
    oasted that|he had discovered a cure for nasal catarrh! These impracticables were|dismissed in s
    hort order. Of the four projects favorably received, the|first was that of a young man whose bro
    ad forehead betokened his|intellectual power.||"Sir, I am a chemist," he began, "and as such I c
    ome to you."||"Well!"||"Once the elementary bodies," said the young chemist, "were held to be|si
    xty-two in number; a hundred years ago they were reduced to ten; now|only three remain irresolva
    ble, as you are aware."||"Yes, yes."||"Well, sir, these also I will show to be composite. In a f
    ew months, a|few weeks, I shall have succeeded in solving the problem. Indeed, it may|take onl
    y a few days."||"And then?"||"Then, sir, I shall simply have determined the absolute. All I wan
    t is|money enough to carry my research to a successful issue."||"Very well," said Mr. Smith. "An
    d what will be the practical outcome of|your discovery?"||"The practical outcome? Why, that we s
    hall be able to produce easily all|bodies whatever--stone, wood, metal, fibers--"||"And flesh an
    d blood?" queried Mr. Smith, interrupting him. "Do you|pretend that you expect to manufactur
    e a human being out and out?"||"Why not?"||Mr. Smith advanced $100,000 to the young chemist, an
    d engaged his|services for the Earth Chronicle laboratory.||The second of the four successful ap
    plicants, starting from experiments|made so long ago as the nineteenth century and again and aga
    in repeated,|had conceived the idea of removing an entire city all at once from one|place to ano
    ther. His special project had to do with the city of|Granton, situated, as everybody knows, som
    e fifteen miles inland. He|proposes to transport the city on rails and to change it into a|water
    ing-place. The profit, of course, would be enormous. Mr. Smith,|captivated by the scheme, bough
    t a half-interest in it.||"As you are aware, sir," began applicant No. 3, "by the aid of our sol
    ar|and terrestrial accumulators and transformers, we are able to make all|the seasons the same
    . I propose to do something better still. Transform|into heat a portion of the surplus energy a
    t our disposal; send this|heat to the poles; then the polar regions, relieved of their snow-cap,
    |will become a vast territory available for man's use. What think you of|the scheme?"||"Leave yo
    ur plans with me, and come back in a week. I will have them|examined in the meantime."||Finally
    , the fourth announced the early solution of a weighty scientific|problem. Every one will rememb
    er the bold experiment made a hundred|years ago by Dr. Nathaniel Faithburn. The doctor, bein
    g a firm believer|in human hibernation--in other words, in the possibility of our|suspending ou
    r vital functions and of calling them into action again|after a time--resolved to subject the th
    eory to a practical test. To|this end, having first made his last will and pointed out the prope
    r|method of awakening him; having also directed that his sleep was to|continue a hundred years t
    o a day from the date of his apparent death,|he unhesitatingly put the theory to the proof in hi
    s own person. Reduced to the condition of a mummy, Dr. Faithburn was coffined and laid|in a tomb
    . Time went on. September 25th, 2889, being the day set for his|resurrection, it was proposed t
    o Mr. Smith that he should permit the|second part of the experiment to be performed at his resid
    ence this|evening.||"Agreed. Be here at ten o'clock," answered Mr. Smith; and with that the|day'
    s audience was closed.||Left to himself, feeling tired, he lay down on an extension chair. Then,
    |touching a knob, he established communication with the Central Concert|Hall, whence our greates
    t _maestros_ send out to subscribers their|delightful successions of accords determined by recon
    dite algebraic|formulas. Night was approaching. Entranced by the harmony, forgetful of|the hour
    , Smith did not notice that it was growing dark. It was quite|dark when he was aroused by the so
    und of a door opening. "Who is there?"|he asked, touching a commutator.||Suddenly, in consequenc
    e of the vibrations produced, the air became|luminous.||"Ah! you, Doctor?"||"Yes," was the reply
    . "How are you?"||"I am feeling well."||"Good! Let me see your tongue. All right! Your pulse. Re
    gular! And your|appetite?"||"Only passably good."||"Yes, the stomach. There's the rub. You are o
    ver-worked. If your stomach|is out of repair, it must be mended. That requires study. We must th
    ink|about it."||"In the meantime," said Mr. Smith, "you will dine with me."||As in the morning
    , the table rose out of the floor. Again, as in the|morning, the _potage_, _rôti_, _ragoûts_, an
    d _legumes_ were supplied|through the food-pipes. Toward the close of the meal, phonotelephotic|
    communication was made with Paris. Smith saw his wife, seated alone at|the dinner-table, lookin
    g anything but pleased at her loneliness.||"Pardon me, my dear, for having left you alone," he s
    aid through the|telephone. "I was with Dr. Wilkins."||"Ah, the good doctor!" remarked Mrs. Smith
    , her countenance lighting up.||"Yes. But, pray, when are you coming home?"||"This evening."||"V
    ery well. Do you come by tube or by air-train?"||"Oh, by tube."||"Yes; and at what hour will yo
    u arrive?"||"About eleven, I suppose."||"Eleven by Centropolis time, you mean?"||"Yes."||"Good-b
    y, then, for a little while," said Mr. Smith as he severed|communication with Paris.||Dinner ove
    r, Dr. Wilkins wished to depart. "I shall expect you at ten,"|said Mr Smith. "To-day, it seems
    , is the day for the return to life of|the famous Dr. Faithburn. You did not think of it, I supp
    ose. The|awakening is to take place here in my house. You must come and see. I|shall depend on y
    our being here."||"I will come back," answered Dr. Wilkins.||Left alone, Mr. Smith busied himsel
    f with examining his accounts--a task|of vast magnitude, having to do with transactions which in
    volve a daily|expenditure of upward of $800,000. Fortunately, indeed, the stupendous|progress o
    f mechanic art in modern times makes it comparatively easy.|Thanks to the Piano Electro-Reckoner
    , the most complex calculations can|be made in a few seconds. In two hours Mr. Smith completed h
    is task.|Just in time. Scarcely had he turned over the last page when Dr. Wilkins|arrived. Afte
    r him came the body of Dr. Faithburn, escorted by a|numerous company of men of science. They com
    menced work at once. The|casket being laid down in the middle of the room, the telephote was got
    |in readiness. The outer world, already notified, was anxiously|expectant, for the whole world c
    ould be eye-witnesses of the|performance, a reporter meanwhile, like the chorus in the ancient d
    rama,|explaining it all _viva voce_ through the telephone.||"They are opening the casket," he ex
    plained. "Now they are taking|Faithburn out of it--a veritable mummy, yellow, hard, and dry. Str
    ike|the body and it resounds like a block of wood. They are now applying|heat; now electricity
    . No result. These experiments are suspended for a|moment while Dr. Wilkins makes an examinatio
    n of the body. Dr. Wilkins,|rising, declares the man to be dead. 'Dead!' exclaims every one pres
    ent.|'Yes,' answers Dr. Wilkins, 'dead!' 'And how long has he been dead?' Dr.|Wilkins makes anot
    her examination. 'A hundred years,' he replies."||The case stood just as the reporter said. Fait
    hburn was dead, quite|certainly dead! "Here is a method that needs improvement," remarked Mr.|Sm
    ith to Dr. Wilkins, as the scientific committee on hibernation bore|the casket out. "So much fo
    r that experiment. But if poor Faithburn is|dead, at least he is sleeping," he continued. "I wis
    h I could get some|sleep. I am tired out, Doctor, quite tired out! Do you not think that a|bat
    h would refresh me?"||"Certainly. But you must wrap yourself up well before you go out into|th
    e hall-way. You must not expose yourself to cold."||"Hall-way? Why, Doctor, as you well know, ev
    erything is done by|machinery here. It is not for me to go to the bath; the bath will come|to me
    . Just look!" and he pressed a button. After a few seconds a faint|rumbling was heard, which gre
    w louder and louder. Suddenly the door|opened, and the tub appeared.||Such, for this year of gra
    ce 2889, is the history of one day in the life|of the editor of the Earth Chronicle. And the his
    tory of that one day|is the history of 365 days every year, except leap-years, and then of|366 d
    ays--for as yet no means has been found of increasing the length of|the terrestrial year.||Jule
    s Verne.|||||End of Project Gutenberg's In the Year 2889, by Jules Verne and Michel Verne||||**
    * END OF THE PROJECT GUTENBERG EBOOK IN THE YEAR 2889 ***|||||Updated editions will replace th
    e previous one—the old editions will|be renamed.||Creating the works from print editions not pro
    tected by U.S. copyright|law means that no one owns a United States copyright in these works,|s
    o the Foundation (and you!) can copy and distribute it in the United|States without permission a
    nd without paying copyright|royalties. Special rules, set forth in the General Terms of Use part
    |of this license, apply to copying and distributing Project|Gutenberg™ electronic works to prote
    ct the PROJECT GUTENBERG™|concept and trademark. Project Gutenberg is a registered trademark,|an
    d may not be used if you charge for an eBook, except by following|the terms of the trademark lic
    ense, including paying royalties for use|of the Project Gutenberg trademark. If you do not charg
    e anything for|copies of this eBook, complying with the trademark license is very|easy. You ma
    y use this eBook for nearly any purpose such as creation|of derivative works, reports, performan
    ces and research. Project|Gutenberg eBooks may be modified and printed and given away—you may|d
    o practically ANYTHING in the United States with eBooks not protected|by U.S. copyright law. Red
    istribution is subject to the trademark|license, especially commercial redistribution.|||START
    : FULL LICENSE||THE FULL PROJECT GUTENBERG LICENSE||PLEASE READ THIS BEFORE YOU DISTRIBUTE OR US
    E THIS WORK||To protect the Project Gutenberg™ mission of promoting the free|distribution of ele
    ctronic works, by using or distributing this work|(or any other work associated in any way wit
    h the phrase “Project|Gutenberg”), you agree to comply with all the terms of the Full|Project Gu
    tenberg™ License available with this file or online at|www.gutenberg.org/license.||Section 1. Ge
    neral Terms of Use and Redistributing Project Gutenberg™|electronic works||1.A. By reading or us
    ing any part of this Project Gutenberg™|electronic work, you indicate that you have read, unders
    tand, agree to|and accept all the terms of this license and intellectual property|(trademark/cop
    yright) agreement. If you do not agree to abide by all|the terms of this agreement, you must cea
    se using and return or|destroy all copies of Project Gutenberg™ electronic works in your|possess
    ion. If you paid a fee for obtaining a copy of or access to a|Project Gutenberg™ electronic wor
    k and you do not agree to be bound|by the terms of this agreement, you may obtain a refund fro
    m the person|or entity to whom you paid the fee as set forth in paragraph 1.E.8.||1.B. “Projec
    t Gutenberg” is a registered trademark. It may only be|used on or associated in any way with a
    n electronic work by people who|agree to be bound by the terms of this agreement. There are a fe
    w|things that you can do with most Project Gutenberg™ electronic works|even without complying wi
    th the full terms of this agreement. See|paragraph 1.C below. There are a lot of things you ca
    n do with Project|Gutenberg™ electronic works if you follow the terms of this|agreement and hel
    p preserve free future access to Project Gutenberg™|electronic works. See paragraph 1.E below.||
    1.C. The Project Gutenberg Literary Archive Foundation (“the|Foundation” or PGLAF), owns a compi
    lation copyright in the collection|of Project Gutenberg™ electronic works. Nearly all the indivi
    dual|works in the collection are in the public domain in the United|States. If an individual wor
    k is unprotected by copyright law in the|United States and you are located in the United States
    , we do not|claim a right to prevent you from copying, distributing, performing,|displaying or c
    reating derivative works based on the work as long as|all references to Project Gutenberg are re
    moved. Of course, we hope|that you will support the Project Gutenberg™ mission of promoting|fre
    e access to electronic works by freely sharing Project Gutenberg™|works in compliance with the t
    erms of this agreement for keeping the|Project Gutenberg™ name associated with the work. You ca
    n easily|comply with the terms of this agreement by keeping this work in the|same format with it
    s attached full Project Gutenberg™ License when|you share it without charge with others.||1.D. T
    he copyright laws of the place where you are located also govern|what you can do with this work
    . Copyright laws in most countries are|in a constant state of change. If you are outside the Uni
    ted States,|check the laws of your country in addition to the terms of this|agreement before dow
    nloading, copying, displaying, performing,|distributing or creating derivative works based on th
    is work or any|other Project Gutenberg™ work. The Foundation makes no|representations concernin
    g the copyright status of any work in any|country other than the United States.||1.E. Unless yo
    u have removed all references to Project Gutenberg:||1.E.1. The following sentence, with activ
    e links to, or other|immediate access to, the full Project Gutenberg™ License must appear|promin
    ently whenever any copy of a Project Gutenberg™ work (any work|on which the phrase “Project Gute
    nberg” appears, or with which the|phrase “Project Gutenberg” is associated) is accessed, display
    ed,|performed, viewed, copied or distributed:||    This eBook is for the use of anyone anywher
    e in the United States and most|    other parts of the world at no cost and with almost no restr
    ictions|    whatsoever. You may copy it, give it away or re-use it under the terms|    of the Pr
    oject Gutenberg License included with this eBook or online|    at www.gutenberg.org. If you
    |    are not located in the United States, you will have to check the laws|    of the country wh
    ere you are located before using this eBook.||1.E.2. If an individual Project Gutenberg™ electro
    nic work is|derived from texts not protected by U.S. copyright law (does not|contain a notice in
    dicating that it is posted with permission of the|copyright holder), the work can be copied an
    d distributed to anyone in|the United States without paying any fees or charges. If you are|redi
    stributing or providing access to a work with the phrase “Project|Gutenberg” associated with o
    r appearing on the work, you must comply|either with the requirements of paragraphs 1.E.1 throug
    h 1.E.7 or|obtain permission for the use of the work and the Project Gutenberg™|trademark as se
    t forth in paragraphs 1.E.8 or 1.E.9.||1.E.3. If an individual Project Gutenberg™ electronic wor
    k is posted|with the permission of the copyright holder, your use and distribution|must comply w
    ith both paragraphs 1.E.1 through 1.E.7 and any|additional terms imposed by the copyright holder
    . Additional terms|will be linked to the Project Gutenberg™ License for all works|posted with th
    e permission of the copyright holder found at the|beginning of this work.||1.E.4. Do not unlin
    k or detach or remove the full Project Gutenberg™|License terms from this work, or any files con
    taining a part of this|work or any other work associated with Project Gutenberg™.||1.E.5. Do no
    t copy, display, perform, distribute or redistribute this|electronic work, or any part of this e
    lectronic work, without|prominently displaying the sentence set forth in paragraph 1.E.1 with|ac
    tive links or immediate access to the full terms of the Project|Gutenberg™ License.||1.E.6. Yo
    u may convert to and distribute this work in any binary,|compressed, marked up, nonproprietary o
    r proprietary form, including|any word processing or hypertext form. However, if you provide acc
    ess|to or distribute copies of a Project Gutenberg™ work in a format|other than “Plain Vanilla A
    SCII” or other format used in the official|version posted on the official Project Gutenberg™ web
    site|(www.gutenberg.org), you must, at no additional cost, fee or expense|to the user, provid
    e a copy, a means of exporting a copy, or a means|of obtaining a copy upon request, of the wor
    k in its original “Plain|Vanilla ASCII” or other form. Any alternate format must include the|ful
    l Project Gutenberg™ License as specified in paragraph 1.E.1.||1.E.7. Do not charge a fee for ac
    cess to, viewing, displaying,|performing, copying or distributing any Project Gutenberg™ works|u
    nless you comply with paragraph 1.E.8 or 1.E.9.||1.E.8. You may charge a reasonable fee for copi
    es of or providing|access to or distributing Project Gutenberg™ electronic works|provided that:|
    |    • You pay a royalty fee of 20% of the gross profits you derive from|        the use of Proj
    ect Gutenberg™ works calculated using the method|        you already use to calculate your appli
    cable taxes. The fee is owed|        to the owner of the Project Gutenberg™ trademark, but he ha
    s|        agreed to donate royalties under this paragraph to the Project|        Gutenberg Liter
    ary Archive Foundation. Royalty payments must be paid|        within 60 days following each dat
    e on which you prepare (or are|        legally required to prepare) your periodic tax returns. R
    oyalty|        payments should be clearly marked as such and sent to the Project|        Gutenbe
    rg Literary Archive Foundation at the address specified in|        Section 4, “Information abou
    t donations to the Project Gutenberg|        Literary Archive Foundation.”||    • You provid
    e a full refund of any money paid by a user who notifies|        you in writing (or by e-mail) w
    ithin 30 days of receipt that s/he|        does not agree to the terms of the full Project Guten
    berg™|        License. You must require such a user to return or destroy all|        copies of t
    he works possessed in a physical medium and discontinue|        all use of and all access to oth
    er copies of Project Gutenberg™|        works.||    • You provide, in accordance with paragrap
    h 1.F.3, a full refund of|        any money paid for a work or a replacement copy, if a defect i
    n the|        electronic work is discovered and reported to you within 90 days of|        receip
    t of the work.||    • You comply with all other terms of this agreement for free|        distrib
    ution of Project Gutenberg™ works.|||1.E.9. If you wish to charge a fee or distribute a Project|
    Gutenberg™ electronic work or group of works on different terms than|are set forth in this agree
    ment, you must obtain permission in writing|from the Project Gutenberg Literary Archive Foundati
    on, the manager of|the Project Gutenberg™ trademark. Contact the Foundation as set|forth in Sect
    ion 3 below.||1.F.||1.F.1. Project Gutenberg volunteers and employees expend considerable|effor
    t to identify, do copyright research on, transcribe and proofread|works not protected by U.S. co
    pyright law in creating the Project|Gutenberg™ collection. Despite these efforts, Project Gutenb
    erg™|electronic works, and the medium on which they may be stored, may|contain “Defects,” such a
    s, but not limited to, incomplete, inaccurate|or corrupt data, transcription errors, a copyrigh
    t or other|intellectual property infringement, a defective or damaged disk or|other medium, a co
    mputer virus, or computer codes that damage or|cannot be read by your equipment.||1.F.2. LIMITE
    D WARRANTY, DISCLAIMER OF DAMAGES - Except for the “Right|of Replacement or Refund” described i
    n paragraph 1.F.3, the Project|Gutenberg Literary Archive Foundation, the owner of the Project|G
    utenberg™ trademark, and any other party distributing a Project|Gutenberg™ electronic work unde
    r this agreement, disclaim all|liability to you for damages, costs and expenses, including legal
    |fees. YOU AGREE THAT YOU HAVE NO REMEDIES FOR NEGLIGENCE, STRICT|LIABILITY, BREACH OF WARRANT
    Y OR BREACH OF CONTRACT EXCEPT THOSE|PROVIDED IN PARAGRAPH 1.F.3. YOU AGREE THAT THE FOUNDATION
    , THE|TRADEMARK OWNER, AND ANY DISTRIBUTOR UNDER THIS AGREEMENT WILL NOT BE|LIABLE TO YOU FOR AC
    TUAL, DIRECT, INDIRECT, CONSEQUENTIAL, PUNITIVE OR|INCIDENTAL DAMAGES EVEN IF YOU GIVE NOTICE O
    F THE POSSIBILITY OF SUCH|DAMAGE.||1.F.3. LIMITED RIGHT OF REPLACEMENT OR REFUND - If you discov
    er a|defect in this electronic work within 90 days of receiving it, you can|receive a refund o
    f the money (if any) you paid for it by sending a|written explanation to the person you receive
    d the work from. If you|received the work on a physical medium, you must return the medium|wit
    h your written explanation. The person or entity that provided you|with the defective work may e
    lect to provide a replacement copy in|lieu of a refund. If you received the work electronically
    , the person|or entity providing it to you may choose to give you a second|opportunity to receiv
    e the work electronically in lieu of a refund. If|the second copy is also defective, you may dem
    and a refund in writing|without further opportunities to fix the problem.||1.F.4. Except for th
    e limited right of replacement or refund set forth|in paragraph 1.F.3, this work is provided t
    o you ‘AS-IS’, WITH NO|OTHER WARRANTIES OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT|LIMIT
    ED TO WARRANTIES OF MERCHANTABILITY OR FITNESS FOR ANY PURPOSE.||1.F.5. Some states do not allo
    w disclaimers of certain implied|warranties or the exclusion or limitation of certain types of|d
    amages. If any disclaimer or limitation set forth in this agreement|violates the law of the stat
    e applicable to this agreement, the|agreement shall be interpreted to make the maximum disclaime
    r or|limitation permitted by the applicable state law. The invalidity or|unenforceability of an
    y provision of this agreement shall not void the|remaining provisions.||1.F.6. INDEMNITY - You a
    gree to indemnify and hold the Foundation, the|trademark owner, any agent or employee of the Fou
    ndation, anyone|providing copies of Project Gutenberg™ electronic works in|accordance with thi
    s agreement, and any volunteers associated with the|production, promotion and distribution of Pr
    oject Gutenberg™|electronic works, harmless from all liability, costs and expenses,|including le
    gal fees, that arise directly or indirectly from any of|the following which you do or cause to o
    ccur: (a) distribution of this|or any Project Gutenberg™ work, (b) alteration, modification, or|
    additions or deletions to any Project Gutenberg™ work, and (c) any|Defect you cause.||Section 2
    . Information about the Mission of Project Gutenberg™||Project Gutenberg™ is synonymous with th
    e free distribution of|electronic works in formats readable by the widest variety of|computers i
    ncluding obsolete, old, middle-aged and new computers. It|exists because of the efforts of hundr
    eds of volunteers and donations|from people in all walks of life.||Volunteers and financial supp
    ort to provide volunteers with the|assistance they need are critical to reaching Project Gutenbe
    rg™’s|goals and ensuring that the Project Gutenberg™ collection will|remain freely available fo
    r generations to come. In 2001, the Project|Gutenberg Literary Archive Foundation was created t
    o provide a secure|and permanent future for Project Gutenberg™ and future|generations. To lear
    n more about the Project Gutenberg Literary|Archive Foundation and how your efforts and donation
    s can help, see|Sections 3 and 4 and the Foundation information page at www.gutenberg.org.||Sect
    ion 3. Information about the Project Gutenberg Literary Archive Foundation||The Project Gutenber
    g Literary Archive Foundation is a non-profit|501(c)(3) educational corporation organized unde
    r the laws of the|state of Mississippi and granted tax exempt status by the Internal|Revenue Ser
    vice. The Foundation’s EIN or federal tax identification|number is 64-6221541. Contributions t
    o the Project Gutenberg Literary|Archive Foundation are tax deductible to the full extent permit
    ted by|U.S. federal laws and your state’s laws.||The Foundation’s business office is located a
    t 809 North 1500 West,|Salt Lake City, UT 84116, (801) 596-1887. Email contact links and up|to d
    ate contact information can be found at the Foundation’s website|and official page at www.gutenb
    erg.org/contact||Section 4. Information about Donations to the Project Gutenberg|Literary Archiv
    e Foundation||Project Gutenberg™ depends upon and cannot survive without widespread|public suppo
    rt and donations to carry out its mission of|increasing the number of public domain and license
    d works that can be|freely distributed in machine-readable form accessible by the widest|array o
    f equipment including outdated equipment. Many small donations|($1 to $5,000) are particularly i
    mportant to maintaining tax exempt|status with the IRS.||The Foundation is committed to complyin
    g with the laws regulating|charities and charitable donations in all 50 states of the United|Sta
    tes. Compliance requirements are not uniform and it takes a|considerable effort, much paperwor
    k and many fees to meet and keep up|with these requirements. We do not solicit donations in loca
    tions|where we have not received written confirmation of compliance. To SEND|DONATIONS or determ
    ine the status of compliance for any particular state|visit www.gutenberg.org/donate.||While w
    e cannot and do not solicit contributions from states where we|have not met the solicitation req
    uirements, we know of no prohibition|against accepting unsolicited donations from donors in suc
    h states who|approach us with offers to donate.||International donations are gratefully accepted
    , but we cannot make|any statements concerning tax treatment of donations received from|outsid
    e the United States. U.S. laws alone swamp our small staff.||Please check the Project Gutenber
    g web pages for current donation|methods and addresses. Donations are accepted in a number of ot
    her|ways including checks, online payments and credit card donations. To|donate, please visit: w
    ww.gutenberg.org/donate.||Section 5. General Information About Project Gutenberg™ electronic wor
    ks||Professor Michael S. Hart was the originator of the Project|Gutenberg™ concept of a librar
    y of electronic works that could be|freely shared with anyone. For forty years, he produced and|
    distributed Project Gutenberg™ eBooks with only a loose network of|volunteer support.||Project G
    utenberg™ eBooks are often created from several printed|editions, all of which are confirmed a
    s not protected by copyright in|the U.S. unless a copyright notice is included. Thus, we do not|
    necessarily keep eBooks in compliance with any particular paper|edition.||Most people start at o
    ur website which has the main PG search|facility: www.gutenberg.org.||This website includes info
    rmation about Project Gutenberg™,|including how to make donations to the Project Gutenberg Liter
    ary|Archive Foundation, how to help produce our new eBooks, and how to|subscribe to our email ne
    wsletter to hear about new eBooks.|
    """

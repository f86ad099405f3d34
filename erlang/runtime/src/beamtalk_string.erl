%% @doc Primitives of `String': UTF-8 binaries, counted and cut in graphemes by `string'. Text that is
%% all ASCII and holds no carriage return has one grapheme a byte, which the hot paths use.
-module(beamtalk_string).

-export(['class withAll:'/2, 'class fromCodePoint:'/2, 'class fromCodePoints:'/2]).
-export(['class fromIolist:'/2, '<'/2, '>'/2, '<='/2, '>='/2, '++'/2, length/1]).
-export(['at:'/2, 'at:ifAbsent:'/3, first/1, last/1, 'from:to:'/3, uppercase/1, lowercase/1]).
-export([capitalize/1, trim/1, trimLeft/1, trimRight/1, reverse/1, includes/2]).
-export(['includesSubstring:'/2, 'startsWith:'/2, 'endsWith:'/2, 'indexOf:'/2, 'split:'/2]).
-export(['repeat:'/2, lines/1, words/1, 'replaceAll:with:'/3, 'replaceFirst:with:'/3]).
-export(['take:'/2, 'drop:'/2, 'padLeft:with:'/3, 'padRight:with:'/3, isBlank/1, isDigit/1]).
-export([isAlpha/1, asInteger/1, asFloat/1, asNumber/1, asAtom/1, asList/1, codePoints/1]).
-export(['format:'/2, 'editDistanceTo:'/2]).

-compile({no_auto_import, [length/1]}).

%%% Making

-spec 'class withAll:'(term(), term()) -> binary().
'class withAll:'(_, Elements) ->
    List = beamtalk_check:elements(Elements, 'String', 'withAll:'),
    iolist_to_binary([piece(X) || X <- List]).

piece(X) when is_binary(X) -> X;
piece(X) when is_integer(X) -> code_point(X, 'withAll:');
piece(X) -> beamtalk_exception:type_error('String', 'withAll:', <<"Strings or code points">>, X).

-spec 'class fromCodePoint:'(term(), term()) -> binary().
'class fromCodePoint:'(_, Code) -> code_point(Code, 'fromCodePoint:').

-spec 'class fromCodePoints:'(term(), term()) -> binary().
'class fromCodePoints:'(_, Codes) ->
    List = beamtalk_check:elements(Codes, 'String', 'fromCodePoints:'),
    iolist_to_binary([code_point(C, 'fromCodePoints:') || C <- List]).

code_point(C, Selector) when is_integer(C) ->
    try <<C/utf8>>
    catch error:badarg ->
        beamtalk_check:invalid('String', Selector, <<"expects Unicode code points">>, nil)
    end;
code_point(X, Selector) ->
    beamtalk_check:integer(X, 'String', Selector).

-spec 'class fromIolist:'(term(), term()) -> binary().
'class fromIolist:'(_, Data) ->
    try unicode:characters_to_binary(Data) of
        Text when is_binary(Text) -> Text;
        _ -> bad_data(Data)
    catch
        error:badarg -> bad_data(Data)
    end.

-spec bad_data(term()) -> no_return().
bad_data(Data) ->
    beamtalk_exception:type_error('String', 'fromIolist:', <<"code points and Strings">>, Data).

%%% Order and joining

-spec '<'(binary(), term()) -> boolean().
'<'(A, B) -> A < text(B, '<').

-spec '>'(binary(), term()) -> boolean().
'>'(A, B) -> A > text(B, '>').

-spec '<='(binary(), term()) -> boolean().
'<='(A, B) -> A =< text(B, '<=').

-spec '>='(binary(), term()) -> boolean().
'>='(A, B) -> A >= text(B, '>=').

-spec '++'(binary(), term()) -> binary().
'++'(A, B) when is_binary(B) -> <<A/binary, B/binary>>;
'++'(_, B) -> text(B, '++').

%%% Graphemes

-spec length(binary()) -> non_neg_integer().
length(Text) ->
    case simple(Text) of
        true -> byte_size(Text);
        false -> string:length(Text)
    end.

%% One byte is one grapheme: ASCII, and no pair of carriage return and line feed.
simple(Text) -> unicode:bin_is_7bit(Text) andalso binary:match(Text, <<"\r">>) =:= nomatch.

-spec 'at:'(binary(), term()) -> binary().
'at:'(Text, Index) ->
    I = beamtalk_check:integer(Index, 'String', 'at:'),
    case I >= 1 andalso grapheme(Text, I) of
        false -> beamtalk_check:out_of_bounds(I, length(Text), 'String', 'at:');
        Grapheme -> Grapheme
    end.

-spec 'at:ifAbsent:'(binary(), term(), term()) -> term().
'at:ifAbsent:'(Text, Index, Block) ->
    I = beamtalk_check:integer(Index, 'String', 'at:ifAbsent:'),
    case I >= 1 andalso grapheme(Text, I) of
        false -> (beamtalk_check:block(Block, 0, 'String', 'at:ifAbsent:'))();
        Grapheme -> Grapheme
    end.

grapheme(Text, I) ->
    case string:slice(Text, I - 1, 1) of
        <<>> -> false;
        Grapheme -> Grapheme
    end.

-spec first(binary()) -> binary().
first(<<>>) -> beamtalk_check:empty('String', first);
first(Text) -> string:slice(Text, 0, 1).

-spec last(binary()) -> binary().
last(<<>>) -> beamtalk_check:empty('String', last);
last(Text) -> string:slice(Text, length(Text) - 1, 1).

-spec 'from:to:'(binary(), term(), term()) -> binary().
'from:to:'(Text, From, To) ->
    beamtalk_check:integer(From, 'String', 'from:to:'),
    beamtalk_check:integer(To, 'String', 'from:to:'),
    case To < From of
        true ->
            <<>>;
        false ->
            Size = length(Text),
            beamtalk_check:index(From, Size, 'String', 'from:to:'),
            beamtalk_check:index(To, Size, 'String', 'from:to:'),
            string:slice(Text, From - 1, To - From + 1)
    end.

-spec 'take:'(binary(), term()) -> binary().
'take:'(Text, Count) ->
    string:slice(Text, 0, beamtalk_check:non_negative(Count, 'String', 'take:')).

-spec 'drop:'(binary(), term()) -> binary().
'drop:'(Text, Count) ->
    string:slice(Text, beamtalk_check:non_negative(Count, 'String', 'drop:')).

-spec asList(binary()) -> [binary()].
asList(Text) ->
    case simple(Text) of
        true -> [<<C>> || <<C>> <= Text];
        false -> [unicode:characters_to_binary([G]) || G <- string:to_graphemes(Text)]
    end.

-spec codePoints(binary()) -> [char()].
codePoints(Text) -> unicode:characters_to_list(Text).

-spec reverse(binary()) -> binary().
reverse(Text) -> unicode:characters_to_binary(string:reverse(Text)).

%%% Case and white space

-spec uppercase(binary()) -> binary().
uppercase(Text) -> string:uppercase(Text).

-spec lowercase(binary()) -> binary().
lowercase(Text) -> string:lowercase(Text).

-spec capitalize(binary()) -> binary().
capitalize(Text) -> string:titlecase(Text).

-spec trim(binary()) -> binary().
trim(Text) -> string:trim(Text, both).

-spec trimLeft(binary()) -> binary().
trimLeft(Text) -> string:trim(Text, leading).

-spec trimRight(binary()) -> binary().
trimRight(Text) -> string:trim(Text, trailing).

-spec isBlank(binary()) -> boolean().
isBlank(Text) -> string:trim(Text) =:= <<>>.

-spec isDigit(binary()) -> boolean().
isDigit(Text) -> all(Text, fun beamtalk_character:isDigit/1).

-spec isAlpha(binary()) -> boolean().
isAlpha(Text) -> all(Text, fun beamtalk_character:isLetter/1).

all(<<>>, _) -> false;
all(Text, Test) -> lists:all(Test, unicode:characters_to_list(unicode:characters_to_nfc_binary(Text))).

%%% Searching and splitting

-spec includes(binary(), term()) -> boolean().
includes(Text, Part) -> contains(Text, text(Part, 'includes:')).

-spec 'includesSubstring:'(binary(), term()) -> boolean().
'includesSubstring:'(Text, Part) -> contains(Text, text(Part, 'includesSubstring:')).

contains(_, <<>>) -> true;
contains(Text, Part) -> binary:match(Text, Part) =/= nomatch.

-spec 'startsWith:'(binary(), term()) -> boolean().
'startsWith:'(Text, Part) ->
    Prefix = text(Part, 'startsWith:'),
    binary:longest_common_prefix([Text, Prefix]) =:= byte_size(Prefix).

-spec 'endsWith:'(binary(), term()) -> boolean().
'endsWith:'(Text, Part) ->
    Suffix = text(Part, 'endsWith:'),
    binary:longest_common_suffix([Text, Suffix]) =:= byte_size(Suffix).

-spec 'indexOf:'(binary(), term()) -> pos_integer() | nil.
'indexOf:'(Text, Part) ->
    case text(Part, 'indexOf:') of
        <<>> -> nil;
        Sought -> index(Text, binary:match(Text, Sought))
    end.

index(_, nomatch) -> nil;
index(Text, {Start, _}) -> length(binary:part(Text, 0, Start)) + 1.

%% An empty separator gives the graphemes.
-spec 'split:'(binary(), term()) -> [binary()].
'split:'(Text, Separator) ->
    case text(Separator, 'split:') of
        <<>> -> asList(Text);
        Mark -> binary:split(Text, Mark, [global])
    end.

-spec lines(binary()) -> [binary()].
lines(<<>>) ->
    [];
lines(Text) ->
    Lines = binary:split(Text, line_ends(Text), [global]),
    case lists:last(Lines) of
        <<>> -> lists:droplast(Lines);
        _ -> Lines
    end.

%% Looking for one end alone is faster; of several the longest at a place counts.
line_ends(Text) ->
    case binary:match(Text, <<"\r">>) of
        nomatch -> <<"\n">>;
        _ -> [<<"\r\n">>, <<"\n">>, <<"\r">>]
    end.

-spec words(binary()) -> [binary()].
words(Text) ->
    case unicode:bin_is_7bit(Text) of
        true -> binary:split(Text, [<<C>> || C <- " \t\n\r\v\f"], [global, trim_all]);
        false -> unicode_words(Text)
    end.

unicode_words(Text) ->
    [Word || Word <- re:split(Text, <<"\\s+">>, [unicode, ucp, {return, binary}]), Word =/= <<>>].

-spec 'replaceAll:with:'(binary(), term(), term()) -> binary().
'replaceAll:with:'(Text, Old, New) ->
    replace(Text, text(Old, 'replaceAll:with:'), text(New, 'replaceAll:with:'), all).

-spec 'replaceFirst:with:'(binary(), term(), term()) -> binary().
'replaceFirst:with:'(Text, Old, New) ->
    replace(Text, text(Old, 'replaceFirst:with:'), text(New, 'replaceFirst:with:'), leading).

replace(Text, <<>>, _, _) -> Text;
replace(Text, Old, New, Where) ->
    case unicode:bin_is_7bit(Text) of
        true -> replace_ascii(Text, Old, New, Where);
        false -> iolist_to_binary(string:replace(Text, Old, New, Where))
    end.

%% Bytes are characters here, and a character of several code points cannot be cut.
replace_ascii(Text, Old, New, Where) ->
    Pieces = binary:split(Text, Old, [global || Where =:= all]),
    iolist_to_binary(lists:join(New, Pieces)).

%%% Repeating and filling

-spec 'repeat:'(binary(), term()) -> binary().
'repeat:'(Text, Count) ->
    binary:copy(Text, beamtalk_check:non_negative(Count, 'String', 'repeat:')).

-spec 'padLeft:with:'(binary(), term(), term()) -> binary().
'padLeft:with:'(Text, Width, Filler) ->
    <<(filling(Text, Width, Filler, 'padLeft:with:'))/binary, Text/binary>>.

-spec 'padRight:with:'(binary(), term(), term()) -> binary().
'padRight:with:'(Text, Width, Filler) ->
    <<Text/binary, (filling(Text, Width, Filler, 'padRight:with:'))/binary>>.

filling(Text, Width, Filler, Selector) ->
    Missing = beamtalk_check:integer(Width, 'String', Selector) - length(Text),
    case text(Filler, Selector) of
        <<>> -> beamtalk_check:invalid('String', Selector, <<"expects a filler with text">>, nil);
        _ when Missing =< 0 -> <<>>;
        Mark -> string:slice(binary:copy(Mark, Missing div length(Mark) + 1), 0, Missing)
    end.

%%% Conversions

-spec asInteger(binary()) -> integer().
asInteger(Text) ->
    try binary_to_integer(Text)
    catch error:badarg -> spaced_integer(Text)
    end.

spaced_integer(Text) ->
    try binary_to_integer(without_underscores(string:trim(Text)))
    catch error:badarg -> unreadable(Text, asInteger, <<"an Integer">>)
    end.

-spec asFloat(binary()) -> float().
asFloat(Text) ->
    try binary_to_float(Text)
    catch error:badarg -> spaced_float(Text)
    end.

spaced_float(Text) ->
    Trimmed = without_underscores(string:trim(Text)),
    case parse_number(Trimmed) of
        error -> unreadable(Text, asFloat, <<"a Float">>);
        Number -> float(Number)
    end.

-spec asNumber(binary()) -> number().
asNumber(Text) ->
    case parse_number(without_underscores(string:trim(Text))) of
        error -> unreadable(Text, asNumber, <<"a Number">>);
        Number -> Number
    end.

without_underscores(Text) -> re:replace(Text, <<"(?<=[0-9])_(?=[0-9])">>, <<>>, [global, {return, binary}]).

%% Erlang wants a point and a digit on both sides of it; people write `1e3' as well.
parse_number(Text) ->
    case re:run(Text, <<"^([+-]?[0-9]+)(\\.[0-9]+)?([eE][+-]?[0-9]+)?$">>, [{capture, all_but_first, binary}]) of
        {match, [Whole]} -> binary_to_integer(Whole);
        {match, [Whole, Fraction]} -> to_float(Whole, Fraction, <<>>);
        {match, [Whole, <<>>, Exponent]} -> to_float(Whole, <<".0">>, Exponent);
        {match, [Whole, Fraction, Exponent]} -> to_float(Whole, Fraction, Exponent);
        nomatch -> error
    end.

to_float(Whole, Fraction, Exponent) ->
    try binary_to_float(<<Whole/binary, Fraction/binary, Exponent/binary>>)
    catch error:badarg -> error
    end.

-spec unreadable(binary(), atom(), binary()) -> no_return().
unreadable(Text, Selector, What) ->
    Message = [<<"cannot read ">>, beamtalk_print:print_string(Text), <<" as ">>, What],
    beamtalk_check:parse('String', Selector, Message, Text).

%% Erlang's limit on the length of atoms is 255 characters.
-spec asAtom(binary()) -> atom().
asAtom(Text) ->
    try binary_to_atom(Text)
    catch error:_ ->
        beamtalk_check:invalid('String', asAtom, <<"expects at most 255 characters">>, nil)
    end.

%%% Others

-spec 'format:'(binary(), term()) -> binary().
'format:'(Text, Values) ->
    Named = maps:from_list([
        {beamtalk_print:display_string(Key), beamtalk_print:display_string(Value)}
     || {Key, Value} <- named(Values)
    ]),
    Parts = re:split(Text, <<"(\\{[A-Za-z0-9_]+\\})">>, [{return, binary}]),
    iolist_to_binary([filled(Part, Named) || Part <- Parts]).

named(Values) when is_map(Values), not is_map_key('__class__', Values) -> maps:to_list(Values);
named(Values) ->
    Elements = beamtalk_check:elements(Values, 'String', 'format:'),
    lists:zip(lists:seq(1, erlang:length(Elements)), Elements).

filled(<<"{", Rest/binary>> = Part, Named) ->
    Name = binary:part(Rest, 0, max(byte_size(Rest) - 1, 0)),
    maps:get(Name, Named, Part);
filled(Part, _) ->
    Part.

%% Row by row through the table of Wagner and Fischer.
-spec 'editDistanceTo:'(binary(), term()) -> non_neg_integer().
'editDistanceTo:'(Text, Other) ->
    As = asList(Text),
    Bs = asList(text(Other, 'editDistanceTo:')),
    First = lists:seq(0, erlang:length(Bs)),
    lists:last(lists:foldl(fun(A, Row) -> row(A, Bs, Row, [hd(Row) + 1]) end, First, As)).

row(_, [], _, Row) -> lists:reverse(Row);
row(A, [B | Bs], [Diagonal | [Above | _] = Next], [Left | _] = Row) ->
    Change = case A =:= B of true -> Diagonal; false -> Diagonal + 1 end,
    row(A, Bs, Next, [min(Change, min(Above, Left) + 1) | Row]).

text(X, Selector) -> beamtalk_check:string(X, 'String', Selector).

%% @doc Primitives of `Character': Unicode code points and what they are.
-module(beamtalk_character).

-export(['class value:'/2, asInteger/1, asString/1, printString/1, digitValue/1]).
-export([isLetter/1, isDigit/1, isUppercase/1, isLowercase/1, isWhitespace/1]).
-export([uppercase/1, lowercase/1]).

-define(IS_SCALAR(C), (C >= 0 andalso C =< 16#10FFFF andalso not (C >= 16#D800 andalso C =< 16#DFFF))).

-spec 'class value:'(term(), term()) -> char().
'class value:'(_, C) when is_integer(C), ?IS_SCALAR(C) -> C;
'class value:'(_, C) when is_integer(C) ->
    beamtalk_check:invalid('Character', 'value:', <<"expects a Unicode code point">>, nil);
'class value:'(_, X) ->
    beamtalk_check:integer(X, 'Character', 'value:').

-spec asInteger(char()) -> char().
asInteger(C) -> C.

-spec asString(char()) -> binary().
asString(C) -> <<C/utf8>>.

%% As written in source; characters that cannot be seen by their escape.
-spec printString(char()) -> binary().
printString($\n) -> <<"$\\n">>;
printString($\t) -> <<"$\\t">>;
printString($\r) -> <<"$\\r">>;
printString($\e) -> <<"$\\e">>;
printString(0) -> <<"$\\0">>;
printString(C) -> <<$$, C/utf8>>.

-spec isLetter(integer()) -> boolean().
isLetter(C) when C >= $a, C =< $z; C >= $A, C =< $Z -> true;
isLetter(C) when C < 128 -> false;
isLetter(C) -> matches(C, <<"^\\p{L}$">>).

-spec isDigit(integer()) -> boolean().
isDigit(C) when C < 128 -> C >= $0 andalso C =< $9;
isDigit(C) -> matches(C, <<"^\\p{Nd}$">>).

-spec isUppercase(integer()) -> boolean().
isUppercase(C) when C < 128 -> C >= $A andalso C =< $Z;
isUppercase(C) -> matches(C, <<"^\\p{Lu}$">>).

-spec isLowercase(integer()) -> boolean().
isLowercase(C) when C < 128 -> C >= $a andalso C =< $z;
isLowercase(C) -> matches(C, <<"^\\p{Ll}$">>).

-spec isWhitespace(integer()) -> boolean().
isWhitespace(C) when C =:= 32; C >= 9, C =< 13; C =:= 16#85; C =:= 16#A0 -> true;
isWhitespace(C) when C < 128 -> false;
isWhitespace(C) -> matches(C, <<"^\\p{Z}$">>).

matches(C, Pattern) when ?IS_SCALAR(C) ->
    re:run(<<C/utf8>>, Pattern, [unicode, ucp, {capture, none}]) =:= match;
matches(_, _) ->
    false.

-spec uppercase(char()) -> char().
uppercase(C) -> single(string:uppercase([C]), C).

-spec lowercase(char()) -> char().
lowercase(C) -> single(string:lowercase([C]), C).

%% Some characters have a form of several; they stay as they are.
single([New], _) -> New;
single(_, C) -> C.

-spec digitValue(integer()) -> integer().
digitValue(C) when C >= $0, C =< $9 -> C - $0;
digitValue(C) when C >= $A, C =< $Z -> C - $A + 10;
digitValue(C) when C >= $a, C =< $z -> C - $a + 10;
digitValue(_) -> -1.

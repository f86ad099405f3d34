%% @doc Operators of numbers, and the text of a value, as functions: what compiled code calls where it
%% is made small rather than fast. Other values are sent the message.
-module(beamtalk_operator).

-export(['+'/2, '-'/2, '*'/2, '<'/2, '>'/2, '<='/2, '>='/2, text/1]).

-define(ARE_NUMBERS(A, B), is_number(A), is_number(B)).

-spec '+'(term(), term()) -> term().
'+'(A, B) when ?ARE_NUMBERS(A, B) -> A + B;
'+'(A, B) -> beamtalk_send:send(A, '+', [B]).

-spec '-'(term(), term()) -> term().
'-'(A, B) when ?ARE_NUMBERS(A, B) -> A - B;
'-'(A, B) -> beamtalk_send:send(A, '-', [B]).

-spec '*'(term(), term()) -> term().
'*'(A, B) when ?ARE_NUMBERS(A, B) -> A * B;
'*'(A, B) -> beamtalk_send:send(A, '*', [B]).

-spec '<'(term(), term()) -> term().
'<'(A, B) when ?ARE_NUMBERS(A, B) -> A < B;
'<'(A, B) -> beamtalk_send:send(A, '<', [B]).

-spec '>'(term(), term()) -> term().
'>'(A, B) when ?ARE_NUMBERS(A, B) -> A > B;
'>'(A, B) -> beamtalk_send:send(A, '>', [B]).

-spec '<='(term(), term()) -> term().
'<='(A, B) when ?ARE_NUMBERS(A, B) -> A =< B;
'<='(A, B) -> beamtalk_send:send(A, '<=', [B]).

-spec '>='(term(), term()) -> term().
'>='(A, B) when ?ARE_NUMBERS(A, B) -> A >= B;
'>='(A, B) -> beamtalk_send:send(A, '>=', [B]).

%% @doc A value as a part of an interpolated string.
-spec text(term()) -> binary().
text(A) when is_binary(A) -> A;
text(A) when is_integer(A) -> integer_to_binary(A);
text(A) -> beamtalk_send:send(A, displayString, []).

%% @doc Operators of numbers as functions: what compiled code calls where it is made small rather than
%% fast. Operands that are no numbers are sent the message.
-module(beamtalk_operator).

-export(['+'/2, '-'/2, '*'/2, '<'/2, '>'/2, '<='/2, '>='/2]).

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
